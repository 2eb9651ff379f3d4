// The page keeps to its own policy: a strict Content-Security-Policy, nothing from other hosts, no error in the console.

/** Begins to listen; call the function it gives when the page has been used. */
export function watch(page, origin) {
  const faults = [];
  const isForeign = (url) => /^(https?|wss?):/.test(url) && new URL(url).host !== new URL(origin).host;
  page.on('request', (request) => {
    if (isForeign(request.url())) faults.push(`asks another host: ${request.url()}`);
  });
  page.on('console', (message) => {
    // Chromium speaks of a refused script or style here too.
    if (message.type() === 'error') faults.push(`console: ${message.text().slice(0, 300)}`);
  });
  page.on('pageerror', (error) => faults.push(`script error: ${error.message}`));
  return () => [...new Set(faults)];
}

/** The header itself: scripts from this server only, none inline, no frames. */
export function strict(response) {
  const policy = response.headers()['content-security-policy'] ?? '';
  const directives = new Map(policy.split(';').map((part) => part.trim().split(/\s+/)).map(([name, ...sources]) => [name, sources]));
  const scripts = directives.get('script-src') ?? directives.get('default-src') ?? [];
  const faults = [];
  if (!policy) return ['no Content-Security-Policy'];
  const harmless = ["'self'", "'wasm-unsafe-eval'", "'none'"];
  const risky = scripts.filter((source) => !harmless.includes(source) && !source.startsWith("'sha256-"));
  if (risky.length || !scripts.length) faults.push(`scripts may come from ${risky.join(' ') || 'anywhere'}`);
  if (!['\'none\'', '\'self\''].includes((directives.get('frame-ancestors') ?? [])[0])) faults.push('others may frame the page (frame-ancestors)');
  for (const name of ['object-src', 'base-uri', 'form-action']) {
    const sources = directives.get(name) ?? (name === 'object-src' ? directives.get('default-src') : undefined);
    if (!sources) faults.push(`the policy is silent about ${name}`);
  }
  return faults;
}
