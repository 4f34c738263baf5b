// When somebody can see what a page shows. It knows nothing of what that is.

/** Does it as soon as the page is in view, once; what is given back calls it off. */
export function onceSeen(act: () => void): () => void {
  const look = () => {
    if (document.visibilityState !== 'visible') return;
    leave();
    act();
  };
  const leave = () => document.removeEventListener('visibilitychange', look);
  document.addEventListener('visibilitychange', look);
  look();
  return leave;
}
