package pdfin_test

const compiledNow = false

func childMemory() int64  { return 0 }
func parentMemory() int64 { return 0 }
