package discover

import (
	"context"
	"strings"

	"miandan/printer/model"
	"miandan/printer/usb"
)

// Plugged looks at what is plugged in by USB, as list tells it.
func Plugged(list func() ([]usb.Device, error)) Way {
	return Way{"usb", func(context.Context) ([]Device, error) {
		devices, err := list()
		var all []Device
		for _, d := range devices {
			all = append(all, plugged(d, devices))
		}
		return all, err
	}}
}

func plugged(d usb.Device, all []usb.Device) Device {
	v := Device{
		URL:      d.Address(all),
		Identity: model.Identity{Maker: d.ID.Maker, Model: d.ID.Model, Commands: d.ID.Commands},
	}
	if v.Identity.Maker == "" && v.Identity.Model == "" {
		v.Identity.Maker, v.Identity.Model = d.Maker, d.Name
	}
	v.Says = strings.TrimSpace(d.ID.Description)
	if v.Says == "" {
		v.Says = strings.TrimSpace(v.Identity.Maker + " " + v.Identity.Model)
	}
	switch {
	case d.Node == "" && d.Driver != "":
		v.Note = "another program holds it (" + d.Driver + "), often the system's own print queue for it: remove that queue, or print through it"
	case d.Node == "":
		v.Note = "the system has no driver for it: load usblp (modprobe usblp)"
	}
	return v
}
