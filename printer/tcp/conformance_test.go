package tcp

import (
	"testing"

	"miandan/printer/transport/transporttest"
)

func TestTransport(t *testing.T) {
	transporttest.Run(t, transporttest.Way{Open: func(t *testing.T) transporttest.Line {
		near, far := pair(t)
		return transporttest.Line{Conn: near, Device: far}
	}})
}
