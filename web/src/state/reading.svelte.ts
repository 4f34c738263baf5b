// Whether the interviewer reads the report or watches the incident. It opens nothing by itself.

export const reading = $state({ report: false });
