package pdfin_test

func escape() {}
