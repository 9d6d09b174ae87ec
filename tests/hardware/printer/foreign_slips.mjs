// Slips by other people's ESC/POS generators, as JSON {name: base64} on stdout.
// Usage: node foreign_slips.mjs FOLDER_WITH_NODE_MODULES PICTURE.png
import { createRequire } from 'module';
import fs from 'fs';

const [folder, picture] = process.argv.slice(2);
const require = createRequire(folder + '/');
const receiptline = require('receiptline');
const encoderModule = require('@point-of-sale/receipt-printer-encoder');
const Encoder = encoderModule.default || encoderModule;
const { PNG } = require('pngjs');

const slips = {};

const png = fs.readFileSync(picture);
const document = (words) => `^^^Hotel Duna

{w:12,*; b:line}
Room | 412
Total | ^^120.00
{b:none; w:auto}
---
_under_ "bold" \`invert\` ${words}
{i:${png.toString('base64')}}

{c:https://example.org/slip; o:qrcode,6,m}

{c:490123456789; o:code128,2,72,hri}

{c:4903456789016; o:ean,2,60,hri}
=
second | slip
`;
const words = {
  cp437: 'Grüße', cp852: 'Árvíztűrő Łódź', cp1252: 'Þórður 5 €', cp858: '5 €', cp866: 'Привет', multilingual: 'Łódź Привет',
};
for (const [encoding, text] of Object.entries(words)) {
  for (const options of [{}, { gamma: 1, spacing: true }, { upsideDown: true }, { margin: 2, cpl: 42 }]) {
    const name = `receiptline ${encoding} ${JSON.stringify(options)}`;
    const made = receiptline.transform(document(text), { cpl: 48, command: 'escpos', cutting: true, encoding, ...options });
    slips[name] = Buffer.from(made, 'binary').toString('base64');
  }
}
for (const command of ['epson', 'generic', 'citizen', 'fujitsu']) {
  const made = receiptline.transform(document('plain'), { cpl: 48, command, cutting: true, encoding: 'cp437' });
  slips[`receiptline command ${command}`] = Buffer.from(made, 'binary').toString('base64');
}

const { width, height, data } = PNG.sync.read(png);
for (const imageMode of ['column', 'raster']) {
  for (const columns of [42, 48]) {
    const encoder = new Encoder({ language: 'esc-pos', columns, imageMode, printerModel: undefined });
    const made = encoder.initialize().codepage('auto')
      .align('center').size(2, 2).line('Hotel Duna').size(1, 1).align('left')
      .bold(true).line('Árvíztűrő Łódź Þórður Привет').bold(false)
      .underline(true).line('under').underline(false).invert(true).line('invert').invert(false)
      .font('B').line('small print').font('A')
      .rule({ style: 'double' })
      .table([{ width: 20, align: 'left' }, { width: 20, align: 'right' }], [['Room', '412'], ['Total', '120.00']])
      .box({ width: 30, style: 'double' }, 'boxed')
      .image({ width, height, data: Uint8ClampedArray.from(data) }, width, height, 'atkinson')
      .barcode('4903456789016', 'ean13', 60).barcode('{B12345', 'code128', 60)
      .qrcode('https://example.org/slip', { model: 2, size: 6, errorlevel: 'm' })
      .pdf417('https://example.org/slip')
      .newline(2).pulse().cut('partial')
      .line('second slip').cut()
      .encode();
    slips[`receipt-printer-encoder ${imageMode} ${columns}`] = Buffer.from(made).toString('base64');
  }
}
process.stdout.write(JSON.stringify(slips));
