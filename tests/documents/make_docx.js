// JSON blocks (standard input) → DOCX through the npm package docx: node make_docx.js OUT
const fs = require("fs");
const d = require("docx");

const run = (text, size) => new d.TextRun({ text, size, font: "SimSun" });
const line = (block) =>
  new d.Paragraph({
    children: [run(block.text, block.kind === "title" ? 36 : 24)],
    heading: { title: d.HeadingLevel.TITLE, heading: d.HeadingLevel.HEADING_1 }[block.kind],
    alignment: ["signature", "date"].includes(block.kind) ? d.AlignmentType.RIGHT : undefined,
  });
const cell = (box) =>
  new d.TableCell({
    rowSpan: box.rowspan,
    columnSpan: box.colspan,
    children: box.text.split("\n").map((part) => new d.Paragraph({ children: [run(part, 18)] })),
  });
const table = (block) =>
  new d.Table({
    width: { size: 100, type: d.WidthType.PERCENTAGE },
    columnWidths: Array(block.width).fill(Math.floor(9000 / block.width)),
    rows: block.rows.map((row) => new d.TableRow({ children: row.map(cell) })),
  });

const blocks = JSON.parse(fs.readFileSync(0, "utf8"));
const file = new d.Document({
  sections: [{ children: blocks.map((b) => (b.kind === "table" ? table(b) : line(b))) }],
});
d.Packer.toBuffer(file).then((bytes) => fs.writeFileSync(process.argv[2], bytes));
