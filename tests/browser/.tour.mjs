import { openChromium, People, SCREENS } from './rig/browser.mjs';
import { readFileSync } from 'node:fs';
const links = JSON.parse(readFileSync('/tmp/d/links.json'));
const b = await openChromium(); const p = new People(b, links);
for (const [role, path, name, screen, language] of [
 ['duty_officer','/links','links','phone','zh-CN'],['duty_officer','/links','links','desk','en'],
 ['duty_officer','/divisions','div','phone','zh-CN'],['duty_officer','/divisions','div','desk','en'],
 ['administrator','/imports','imp','phone','zh-CN'],['administrator','/imports','imp','desk','en'],
 ['site_chief','/','site','phone','en'],['volunteer','/duty','duty','phone','en'],['zone_lead','/','zone','phone','zh-CN'],
 ['duty_officer','/board','board','phone','zh-CN'],['duty_officer','/board','board','desk','en'],['duty_officer','/accounts','acc','desk','zh-CN'],['administrator','/accounts','acc','desk','zh-CN'],['administrator','/erasure','era','phone','en']]) {
  const page = await p.page(role, { language, screen: SCREENS[screen] });
  const r = await page.goto(path, { waitUntil: 'load' }); await page.waitForTimeout(500);
  const w = await page.evaluate(() => [document.documentElement.scrollWidth, innerWidth]);
  console.log(role, path, screen, language, r.status(), w.join('/'));
  await page.screenshot({ path: `/tmp/d/run/${name}-${screen}-${language}.png` }); await page.close();
}
await b.close();
