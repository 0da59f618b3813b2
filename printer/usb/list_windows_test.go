package usb

import (
	"errors"
	"testing"

	"golang.org/x/sys/windows"
)

// The list is what the system says, and none is no error.
func TestList(t *testing.T) {
	all, err := List()
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range all {
		if d.Vendor == 0 || d.Port == "" {
			t.Errorf("%+v is no printer on USB", d)
		}
	}
	if _, err := (Transport{Maker: "nobody", Model: "none"}).Dial(t.Context()); !errors.Is(err, ErrAbsent) {
		t.Errorf("Dial = %v, want %v", err, ErrAbsent)
	}
}

func TestOpenSays(t *testing.T) {
	if _, err := openAlone(`\\?\usb#vid_0416&pid_5011#none#{28d78fad-5a12-11d1-ae5b-0000f803a8c2}`); !errors.Is(err, ErrAbsent) {
		t.Errorf("open = %v, want %v", err, ErrAbsent)
	}
	if err := gone(windows.ERROR_DEVICE_NOT_CONNECTED); !errors.Is(err, ErrUnplugged) {
		t.Errorf("gone = %v, want %v", err, ErrUnplugged)
	}
}
