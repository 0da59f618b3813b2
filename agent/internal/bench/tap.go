package bench

import (
	"net"
	"time"
)

// tap stands before a printer and says when the first byte of a label goes by.
// What is asked of the printer besides is short.
type tap struct {
	net.Listener
	to    string
	first chan time.Time
}

const (
	question = 100 // bytes that a question has at most
	picture  = 200 // and those of a label at least, as they come in one piece
)

func openTap(to string) (*tap, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	t := &tap{l, to, make(chan time.Time, 1)}
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			go t.pass(c)
		}
	}()
	return t, nil
}

func (t *tap) pass(from net.Conn) {
	defer from.Close()
	to, err := net.Dial("tcp", t.to)
	if err != nil {
		return
	}
	defer to.Close()
	go func() {
		defer from.Close()
		forward(from, to, func(int) {})
	}()
	told := false
	forward(to, from, func(n int) {
		if n > picture && !told {
			told = true
			select {
			case t.first <- time.Now():
			default:
			}
		}
		if n < question { // the next label of the same connection begins with one
			told = false
		}
	})
}

func forward(to, from net.Conn, seen func(n int)) {
	buffer := make([]byte, 64<<10)
	for {
		n, err := from.Read(buffer)
		if n > 0 {
			seen(n)
			if _, err := to.Write(buffer[:n]); err != nil {
				return
			}
		}
		if err != nil {
			return
		}
	}
}
