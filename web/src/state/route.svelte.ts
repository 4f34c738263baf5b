// Which view is shown: the part of the address after `#/`, so that a reload and the back button keep it.

export const route = $state<{ view: string; rest: string }>({ view: '', rest: '' });

function read() {
  const [view = '', ...rest] = location.hash.replace(/^#\//, '').split('/');
  route.view = view;
  try {
    route.rest = decodeURIComponent(rest.join('/'));
  } catch {
    // An address that nobody of us wrote.
    route.rest = '';
  }
}

window.addEventListener('hashchange', read);
read();

/** Shows a view, such as `dashboards/pool`. */
export function go(view: string, rest = '') {
  location.hash = rest ? `#/${view}/${encodeURIComponent(rest)}` : `#/${view}`;
}
