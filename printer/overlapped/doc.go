// Package overlapped reads and writes a Windows device with deadlines.
//
// The standard library's files take turns: a read that waits for a printer's word
// holds up the label. Here one goroutine may read while another writes, as
// printer.ReadConn asks. Elsewhere the package is empty.
package overlapped
