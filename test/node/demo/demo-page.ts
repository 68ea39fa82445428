import { get } from 'node:http';
import type { IncomingMessage } from 'node:http';
import t from 'tap';
import { openDemoPage } from '../../../node/demo/demo-page.ts';

t.test('the page says who asked, and is gone after close', async (t) => {
  const page = await openDemoPage();
  const response = await new Promise<IncomingMessage>((resolve) => get(page.url, { agent: false }, resolve));
  let text = '';
  for await (const part of response) text += String(part);
  t.match(text, /^Hello through the mesh! .* from 127\.0\.0\.1:\d+\.\n$/);
  await page.close();
  await page.close();
  await t.rejects(new Promise((_, reject) => get(page.url, { agent: false }).on('error', reject)), {
    code: 'ECONNREFUSED',
  });
});
