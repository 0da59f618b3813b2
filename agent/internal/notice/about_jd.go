package notice

var aboutJD = sentences{}
