// HTML (standard input) → DOCX through the npm package html-to-docx: node make_html_docx.js OUT
const fs = require("fs");
const convert = require("html-to-docx");

convert(fs.readFileSync(0, "utf8"), null, { table: { row: { cantSplit: false } } }).then((bytes) =>
  fs.writeFileSync(process.argv[2], bytes),
);
