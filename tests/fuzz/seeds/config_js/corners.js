const base = `https://${location.host}/`;
let config = Object.assign({}, { hosts: { domain: "meet.example.org" } }, { bosh: base + 'http-bind' });
config['websocket'] = config.bosh.replace('https', 'wss') ?? null;
config.list = [...'a,b'.split(','), 0x1f, 1_000, .5e1, -1, /re[/]x/g, 'A\u{1f980}\x41'].filter(x => x);
try { config.a.b.c ||= typeof window === 'object' ? { d: [] } : 1; } catch (e) {} finally {}
(function (x) { if (!x) return; else config.y = x; })(1);
for (var i = 0; i < 9; i++) { config.loop = i }
config.broken = { a: 1 b: 2, c: new Date(), get d() { return 1 }, : , e: ( };
