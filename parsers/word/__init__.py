"""Word's files: packages, XML, OLE containers, and LibreOffice for what only it reads."""
