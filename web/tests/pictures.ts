// Where pictures of pages go. It takes none.
import { ROOT } from './interview';

export const FOLDER = process.env['PICTURES'] ?? `${ROOT}docs/pictures`;
