// The rig's own controls: each check is quiet on a good page and turns red on a page with one planted fault.

import assert from 'node:assert/strict';
import { createConnection } from 'node:net';
import { after, before, describe, test } from 'node:test';
import { access } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';

import { accessible, structured } from './checks/accessible.mjs';
import { colour } from './checks/colour.mjs';
import { fits } from './checks/fits.mjs';
import { language } from './checks/language.mjs';
import { emptyStates } from './checks/lists.mjs';
import { paper, sheets } from './checks/paper.mjs';
import { strict, watch } from './checks/policy.mjs';
import { busyLook, firstLook, nextLook } from './checks/speed.mjs';
import { mainActInReach, targets } from './checks/targets.mjs';
import { unkept } from './checks/typing.mjs';
import { unfolded } from './checks/unfolded.mjs';
import { silence, wall } from './checks/wall.mjs';
import { weight } from './checks/weight.mjs';
import { openSmallHouse } from './control/small-house.mjs';
import { openChromium, People, SCREENS } from './rig/browser.mjs';
import { openChromium86 } from './rig/chromium86.mjs';
import { addressBook, routeOf, walk } from './rig/crawl.mjs';
import { openLetterbox } from './rig/letterbox.mjs';
import { startMuster } from './rig/muster.mjs';

const STAND_IN = fileURLToPath(new URL('./control/small-house.mjs', import.meta.url));
const h1 = '<h1>点位</h1>';
const chinese = (page) => language(page, 'zh-CN');
const inside = async (page) => {
  const faults = [];
  await unfolded(page, async () => faults.push(...(await accessible(page))));
  return faults;
};
const row = (style) => `<table><tbody><tr ${style}><td>12</td></tr></tbody></table>`;

/** [name, check, good page, bad page, what the fault must say]; a page is text or { body, kind, … }. */
const CASES = [
  ['axe: a button has a name', accessible, `${h1}<button>打开</button>`, `${h1}<button></button>`, /button-name/],
  ['one first heading', structured, h1, '<p>点位</p>', /first headings/],
  ['nothing to push sideways', fits, h1, `${h1}<div style="width:500px">宽</div>`, /320 px: .*too wide/],
  ['text at 200 %', fits, h1, `${h1}<div style="width:12rem">宽</div><div style="width:20rem">宽</div>`, /200 %/],
  ['targets are large', targets, `${h1}<p>请先看一看<a href="/">这一页上的说明</a>，再来打开点位。</p><button>打开</button>`, `${h1}<a href="/" style="min-height:20px">打开</a>`, /48 at least/],
  ['targets do not overlap', targets, `${h1}<button>甲</button>`, `${h1}<button>甲</button><button style="margin-left:-30px">乙</button>`, /lies on top/],
  ['what a closed part hides is not tapped', targets, `${h1}<details><summary style="min-height:48px">甲</summary><a href="/" style="min-height:20px">乙</a></details>`, `${h1}<details open><summary style="min-height:48px">甲</summary><a href="/" style="min-height:20px">乙</a></details>`, /48 at least/],
  ['the main act is in reach', mainActInReach, `${h1}<button data-main style="position:fixed;bottom:0">签到</button>`, `${h1}<button data-main>签到</button>`, /of the screen's height/],
  ['the act of a dock is in reach', mainActInReach, `${h1}<div class="dock" style="position:fixed;bottom:0"><button>签到</button></div>`, `${h1}<div class="dock"><button>签到</button></div>`, /of the screen's height/],
  ['a dock without an act', mainActInReach, null, `${h1}<div class="dock" style="position:fixed;bottom:0">签到</div>`, /without an act/],
  ['a fault that is folded away', inside, `${h1}<details><summary>甲</summary>乙</details>`, `${h1}<details name="a"><summary>甲</summary>乙</details><details name="a"><summary>丙</summary><button></button></details>`, /button-name/],
  ['a missing word', (page) => language(page, 'zh-CN'), h1, `${h1}<p>⟦role-runner⟧</p>`, /a word is missing/],
  ['English on a Chinese page', (page) => language(page, 'zh-CN'), `${h1}<p>用 CSV 导入，编号 SITE-12，<span lang="en">Hello</span></p>`, `${h1}<p>请 Confirm 一下</p>`, /Confirm/],
  ['English between Chinese and a figure', chinese, `${h1}<p>第3点位S03</p>`, `${h1}<p>请Confirm一下第3次</p>`, /Confirm/],
  ['English that is read aloud', chinese, `${h1}<button aria-label="关闭">×</button>`, `${h1}<button aria-label="Close">×</button>`, /Close/],
  ['a name for programs', chinese, h1, `${h1}<p>queue_marshal</p>`, /a name for programs on a Chinese page: queue_marshal/],
  ['an id', chinese, h1, `${h1}<p>0190aaaa-bbbb-7ccc-8ddd-eeeeffff0000</p>`, /a name for programs/],
  ['the wrong language', (page) => language(page, 'en'), null, h1, /lang="zh-CN"/],
  ['slanted Chinese', (page) => language(page, 'zh-CN'), h1, `${h1}<p><em>重要</em></p>`, /slanted/],
  ['tight lines', (page) => language(page, 'zh-CN'), h1, `${h1}<p style="line-height:1.2">点位</p>`, /line height/],
  ['figures of unequal width', (page) => language(page, 'zh-CN'), `${h1}${row('')}`, `${h1}${row('style="font-variant-numeric:normal"').replace('<td>', '<td style="font-variant-numeric:normal">')}`, /unequal width/],
  ['a clock of 12 hours', (page) => language(page, 'zh-CN'), `${h1}<p>08:30，徽章 K7PM-3AM</p>`, `${h1}<p>下午 3:30</p>`, /12 hours/],
  ['a clock of 12 hours, in English', (page) => language(page, 'zh-CN'), h1, `${h1}<p lang="en">3:30 PM</p>`, /12 hours/],
  ['an empty list', emptyStates, `${h1}<section><ul></ul><p class="empty">还没有点位。<a href="/">导入点位</a></p></section>`, `${h1}<section><ul></ul></section>`, /says nothing/],
  ['an empty list without an act', emptyStates, h1, `${h1}<ul></ul><p class="empty">还没有点位。</p>`, /without a next act/],
  ['words that are lost', unkept, `${h1}<form method="post" data-draft="a"><label>话<textarea></textarea></label></form>`, `${h1}<form method="post"><label>话<textarea></textarea></label></form>`, /are lost/],
  ['a number that is lost', unkept, `${h1}<form method="post" data-draft="a"><label>数<input type="number"></label></form>`, `${h1}<form method="post"><label>数<input type="number"></label></form>`, /are lost/],
  ['a password that is kept', unkept, `${h1}<form method="post" data-unkept><label>密码<input type="password"></label></form>`, `${h1}<form method="post" data-draft="a"><label>密码<input type="password"></label></form>`, /a secret is kept/],
  ['red on green', colour, `${h1}<p data-state="short">缺人</p>`, `${h1}<p style="background:#fff;color:#e00000">缺人</p><p style="background:#2e7d32;color:#ffc0c0">缺</p>`, /contrast/],
  ['a state that is only a colour', colour, `${h1}<i data-state="late">迟</i>`, `${h1}<i data-state="late"></i>`, /without a word/],
  ['two states of one shape', colour, `${h1}<style>.bad::before{content:"x"}</style><b class="tag">到岗</b><b class="tag bad" style="background:#fdd">缺人</b>`, `${h1}<b class="tag" style="background:#fff">到岗</b><b class="tag" style="background:#fdd">缺人</b>`, /without a shape/],
  ['wider than A4', paper, h1, `${h1}<div style="width:900px">宽</div>`, /on A4/],
  ['navigation on paper', paper, h1, `<nav>导航</nav>${h1}`, /navigation/],
  ['a sheet without its code', paper, { kind: 'paper', body: `${h1}<button data-print>打印</button><div class="qr"><svg width="80" height="80"></svg></div>` }, { kind: 'paper', body: `${h1}<button data-print>打印</button>` }, /no code/],
  ['a row cut in two', paper, { kind: 'paper', body: row('') }, { kind: 'paper', body: row('style="break-inside:auto"') }, /may be cut/],
  ['small text on the wall', (page) => wall(page, [SCREENS.wall, SCREENS.wall4k]), { kind: 'wall', body: `${h1}<time datetime="2022-09-14">0:00</time>` }, { kind: 'wall', body: `${h1}<p style="font-size:20px">小字</p><time datetime="2022-09-14">0:00</time>` }, /32 at least/],
  ['a wall without an age', (page) => wall(page, [SCREENS.wall]), null, { kind: 'wall', body: h1 }, /how old/],
  ['a wall that cuts a list off', (page) => wall(page, [SCREENS.wall]), { kind: 'wall', body: `${h1}<ul style="height:200px;overflow:hidden"><li>点位</li></ul><time datetime="2022-09-14">0:00</time>` }, { kind: 'wall', body: `${h1}<ul style="height:200px;overflow:hidden">${'<li>点位</li>'.repeat(9)}</ul><time datetime="2022-09-14">0:00</time>` }, /cut off/],
  ['a state that runs into what stands beside it', (page) => wall(page, [SCREENS.wall]), { kind: 'wall', body: `${h1}<p style="display:grid;grid-template-columns:12em 1fr"><b class="tag">超时未答</b>S001</p><time datetime="2022-09-14">0:00</time>` }, { kind: 'wall', body: `${h1}<p style="display:grid;grid-template-columns:2em 1fr"><b class="tag" style="white-space:nowrap">超时未答超时未答</b>S001</p><time datetime="2022-09-14">0:00</time>` }, /runs out of its box/],
  ['a wall that scrolls', (page) => wall(page, [SCREENS.wall]), null, { kind: 'wall', body: `<div style="height:2000px">${h1}</div>` }, /scrolled/],
];

const pages = {};
let browser, house, context;
before(async () => {
  [browser, house] = await Promise.all([openChromium(), openSmallHouse(pages)]);
  context = await browser.newContext({ viewport: SCREENS.phone });
});
after(async () => {
  await browser?.close();
  await house?.close();
});

/** Opens a page of the small house in a new tab. */
async function onPage(page, use) {
  pages['/'] = page;
  const tab = await context.newPage();
  try {
    return await use(tab, house.address);
  } finally {
    await tab.close();
  }
}

const checked = (check) => async (tab, address) => {
  await tab.goto(address);
  return check(tab);
};

describe('each check', { concurrency: false }, () => {
  for (const [name, check, good, bad, says] of CASES) {
    test(name, async () => {
      if (good !== null) assert.deepEqual(await onPage(good, checked(check)), [], 'the good page');
      const faults = await onPage(bad, checked(check));
      assert.match(faults.join('\n'), says);
    });
  }
});

test('weight: a heavy page and a web font turn red, a light page does not', async () => {
  const measured = (page) => onPage(page, weight);
  const light = await measured(h1);
  assert.deepEqual(light.faults, []);
  assert.ok(light.bytes > 300, `${light.bytes} bytes counted`);
  const noise = Array.from({ length: 70_000 }, (_, at) => String.fromCharCode(97 + ((at * at) % 26))).join('');
  assert.match((await measured(`${h1}<p hidden>${noise}</p>`)).faults.join(), /at most/);
  const font = { body: `<h1 style="font-family:Far">点位</h1>`, head: '<style>@font-face{font-family:Far;src:url(/far.woff2)}</style>', policy: "default-src 'self' 'unsafe-inline'" };
  assert.match((await measured(font)).faults.join(), /web font/);
});

test('policy: another host, an inline script and a lax header turn red', async () => {
  const visit = (page) =>
    onPage(page, async (tab, address) => {
      const faults = watch(tab, address);
      const answer = await tab.goto(address);
      return [...faults(), ...strict(answer)].join('\n');
    });
  assert.equal(await visit(h1), '');
  assert.match(await visit({ body: `${h1}<img alt="" src="http://127.0.0.2:9/a.png">`, policy: 'default-src *' }), /another host/);
  assert.match(await visit(`${h1}<script>window.planted = 1</script>`), /console: .*Content Security Policy/);
  assert.match(await visit({ body: h1, policy: "default-src 'self'; script-src 'self' 'unsafe-inline'" }), /scripts may come from 'unsafe-inline'/);
  assert.match(await visit({ body: h1, policy: '' }), /no Content-Security-Policy/);
});

test('speed: what comes late and what jumps turn red', async () => {
  const light = await onPage(h1, firstLook);
  assert.deepEqual(light.faults, []);
  assert.ok(light.paint_ms > 400, `the network is slow: ${light.paint_ms} ms`);
  const noise = Array.from({ length: 200_000 }, (_, at) => String.fromCharCode(97 + ((at * at) % 26))).join('');
  assert.match((await onPage({ body: h1, head: `<style>/*${noise}*/</style>` }, firstLook)).faults.join(), /first paint/);
  const jump = "setTimeout(() => document.querySelector('main').prepend(Object.assign(document.createElement('div'), { style: 'height:400px' })), 300)";
  const jumping = { body: `${h1}<p>一</p><script>${jump}</script>`, policy: "default-src 'self' 'unsafe-inline'" };
  assert.match((await onPage(jumping, firstLook)).faults.join(), /jumps/);
});

test('speed: what is late again on the next visit, and what keeps a slow phone busy, turns red', async () => {
  const policy = "default-src 'self' 'unsafe-inline'";
  const busy = (work) => ({ body: h1, head: `<script>${work}</script>`, policy });
  const again = (tab, address) => tab.goto(address).then(() => nextLook(tab, address));
  assert.deepEqual((await onPage(h1, again)).faults, []);
  assert.match((await onPage(busy('const until = performance.now() + 400; while (performance.now() < until);'), again)).faults.join(), /next visit/);
  assert.deepEqual((await onPage(h1, busyLook)).faults, []);
  const work = busy('setTimeout(() => { let sum = 0; for (let nth = 0; nth < 1e8; nth += 1) sum += Math.sqrt(nth); window.sum = sum; }, 400);');
  assert.match((await onPage(work, busyLook)).faults.join(), /too busy/);
});

test('an old browser: a page that needs a newer one turns red', async () => {
  const old = await openChromium86();
  try {
    assert.match(old.browser.version(), /^86\./);
    pages['/'] = { body: `${h1}<script>structuredClone({})</script>`, policy: "default-src 'self' 'unsafe-inline'" };
    const tab = await (await old.browser.newContext()).newPage();
    const faults = watch(tab, house.address);
    await tab.goto(house.address);
    assert.match(faults().join(), /structuredClone is not defined/);
  } finally {
    await old.close();
  }
});

test('a wall whose line is cut: one that says nothing turns red', async () => {
  const policy = "default-src 'self' 'unsafe-inline'";
  const ages = `<script>let n = 0; setInterval(() => { if (++n > 60) { const s = document.querySelector('.stamp'); s.style.color = '#a00'; s.textContent = '06:30 1'; } }, 1000)</script>`;
  const visit = (page) => onPage(page, silence);
  assert.deepEqual(await visit({ kind: 'wall', policy, body: `${h1}<p class="stamp">06:30</p>${ages}` }), []);
  assert.match((await visit({ kind: 'wall', body: `${h1}<p class="stamp">06:30</p>` })).join(), /not red/);
  assert.match((await visit({ kind: 'wall', body: h1 })).join(), /no stamp/);
});

test('paper: the sheets are counted', async () => {
  const long = `${h1}${'<p style="break-after:page">页</p>'.repeat(3)}`;
  assert.equal(await onPage(long, checked(sheets)), 3);
});

describe('the rig', () => {
  test('starts a program, signs each role in once, finds every linked page and ends the program', async () => {
    const muster = await startMuster({ program: STAND_IN });
    const people = new People(browser, muster);
    try {
      assert.deepEqual(people.roles, ['administrator', 'site_chief', 'anybody']);
      const [first, second] = await Promise.all([people.page('site_chief'), people.page('site_chief', { language: 'en' })]);
      const cookie = async (page) => (await page.context().cookies(muster.address)).map(({ value }) => value).join();
      assert.equal(await cookie(first), await cookie(second));
      const routes = await addressBook(people);
      const found = await walk(people, 'site_chief', routes);
      assert.deepEqual(found.map(({ route }) => route), ['/', '/sites', '/sites/{site}', '/roster.csv', '/sites/S001/gone']);
      assert.equal(found.find(({ route }) => route === '/sites/S001/gone').status, 404, 'a dead link is found');
      assert.equal(found.find(({ route }) => route === '/sites/{site}').address, '/sites/S001');
      assert.equal(found.find(({ route }) => route === '/roster.csv').type, 'text/csv');
    } finally {
      await muster.stop();
    }
    await assert.rejects(access(muster.folder), 'the database is removed');
    assert.throws(() => process.kill(muster.pid, 0), 'the program has ended');
  });

  test('says why a program did not start', async () => {
    await assert.rejects(startMuster({ program: STAND_IN, more: ['--refuse'] }), /ended with 3\nthe database is newer/);
    await assert.rejects(startMuster({ program: '/nowhere/muster' }), /cargo build -p muster/);
  });

  test('keeps the letters it is sent and refuses whom it does not know', async () => {
    const box = await openLetterbox({ refuse: (address) => address.startsWith('nobody') });
    try {
      const answers = await dictate(box.port, ['EHLO test', 'MAIL FROM:<hq@muster.test>', 'RCPT TO:<nobody@muster.test>', 'RCPT TO:<wang@muster.test>', 'DATA', 'Subject: x\r\n\r\n点位\r\n.', 'QUIT']);
      const letter = await box.waitFor('wang@muster.test');
      assert.match(letter.text, /点位/);
      assert.deepEqual(letter.to, ['wang@muster.test']);
      assert.equal(answers.filter((answer) => answer.startsWith('550')).length, 1);
      await assert.rejects(box.waitFor('li@muster.test', 50), /letters for: wang@muster.test/);
    } finally {
      await box.close();
    }
  });

  test('knows an address by the route with the most fixed parts', () => {
    const routes = ['/sites/{site}', '/sites/new', '/'];
    assert.equal(routeOf('/sites/new', routes), '/sites/new');
    assert.equal(routeOf('/sites/S1', routes), '/sites/{site}');
    assert.equal(routeOf('/sites/S1/roster', routes), undefined);
  });
});

/** Speaks SMTP line by line: the next line is said when the last one is answered. */
function dictate(port, lines) {
  return new Promise((resolve, reject) => {
    const answers = [];
    const left = [...lines];
    const socket = createConnection({ port, host: '127.0.0.1' });
    socket.setEncoding('utf8').on('error', reject).on('close', () => resolve(answers));
    socket.on('data', (text) => {
      const complete = text.trimEnd().split('\r\n').filter((line) => /^\d{3} /.test(line));
      answers.push(...complete);
      if (complete.length && left.length) socket.write(`${left.shift()}\r\n`);
    });
  });
}
