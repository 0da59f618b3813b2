package notice

var aboutPrinters = sentences{}
