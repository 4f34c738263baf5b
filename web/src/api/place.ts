// Where this page stands on its host: each session has a path of its own, and all that the page asks for
// is below it. It asks for nothing itself.

/** Such as `/s/4f1e6f0c2b9a7d35`, without a slash at its end. */
export const place = below(location.pathname);

/** The folder of a path, without a slash at its end. */
export function below(path: string): string {
  return path.replace(/\/[^/]*$/, '');
}
