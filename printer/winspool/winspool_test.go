package winspool

import (
	"errors"
	"net/url"
	"runtime"
	"testing"
)

func TestQueueName(t *testing.T) {
	for address, want := range map[string]string{
		"winspool:///Labels":                          "Labels",
		"winspool:///Gprinter%20GP-1324D%20%231":      "Gprinter GP-1324D #1",
		"winspool:///%E9%9D%A2%E5%8D%95%E6%9C%BA%201": "面单机 1",
		"winspool:///HPRT%20N31%2FC%20(Copy%201)":     "HPRT N31/C (Copy 1)",
		"winspool://packing-2/Labels":                 `\\packing-2\Labels`,
		"winspool://192.168.1.20/Xprinter%20XP-420B":  `\\192.168.1.20\Xprinter XP-420B`,
	} {
		u, err := url.Parse(address)
		if err != nil {
			t.Fatal(err)
		}
		if got, err := QueueName(u); got != want || err != nil {
			t.Errorf("QueueName(%s) = %q, %v, want %q", address, got, err, want)
		}
		// What is listed can be written into the settings.
		again, err := url.Parse(Queue{Name: want}.URL())
		if err != nil {
			t.Fatal(err)
		}
		if got, err := QueueName(again); got != want || err != nil {
			t.Errorf("%s becomes %q, %v, want %q", again, got, err, want)
		}
	}
	for _, address := range []string{
		"winspool:", "winspool:Labels", "winspool:///", "winspool://packing-2", "winspool://packing-2/", "cups:///Labels",
		"winspool://user:secret@packing-2/Labels", "winspool://packing-2:445/Labels", "winspool:///Labels?raw=1", "winspool:///Labels#1",
		"winspool:///a%5Cb", "winspool:///a,b", "winspool:///a%00b",
	} {
		u, err := url.Parse(address)
		if err != nil {
			t.Fatal(err)
		}
		if got, err := QueueName(u); err == nil {
			t.Errorf("QueueName(%s) = %q, want an error", address, got)
		}
	}
}

func TestOpenElsewhere(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("this is Windows")
	}
	if _, err := Open(URL("Labels"), Raw); !errors.Is(err, errors.ErrUnsupported) {
		t.Errorf("Open = %v, want ErrUnsupported", err)
	}
}
