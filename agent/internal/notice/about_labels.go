package notice

var aboutLabels = sentences{}
