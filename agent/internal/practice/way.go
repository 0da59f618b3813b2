package practice

import (
	"fmt"
	"strings"

	"miandan/agent/internal/carrier/component/componentsim"
	"miandan/agent/internal/jos/jdsim"
	"miandan/agent/internal/jos/jdsim/sheet"
	"miandan/templates/fonts"
	"miandan/templates/scene"
)

// Way is who makes the labels.
type Way string

// Own labels are drawn by the agent, from data that it may read. Sealed ones are
// opened and printed by the simulated component alone. Rendered ones are drawn
// by the simulated cloud renderer and printed by the agent.
const (
	Own      Way = "own"
	Sealed   Way = "sealed"
	Rendered Way = "rendered"
)

// Ways lists them.
func Ways() []Way { return []Way{Own, Sealed, Rendered} }

// componentPrinter is the simulated component's printer.
const componentPrinter = "HPRT R42D"

// componentOn starts the simulated print component and returns the address of
// its printer as the settings name it.
func (w *World) componentOn(dir string) (string, error) {
	w.Paper = &componentsim.Tray{}
	var err error
	w.Component, err = componentsim.New(componentsim.Config{
		Printers: []string{componentPrinter}, Key: w.Gateway.PrintKey(), Style: w.style, Paper: w.Paper.Take, JournalDir: dir,
	})
	if err != nil {
		return "", err
	}
	at, err := w.Component.Listen("127.0.0.1:0")
	if err != nil {
		return "", err
	}
	return "jd-component://" + strings.TrimPrefix(at, "ws://") + "/" + componentPrinter, nil
}

// styleOf returns the fonts that JD's simulations draw with, if they draw.
func styleOf(way Way) (sheet.Style, error) {
	var s sheet.Style
	if way != Sealed && way != Rendered {
		return s, nil
	}
	for _, face := range []scene.Face{scene.Regular, scene.Rare} {
		font, err := fonts.TrueType(face)
		if err != nil {
			return s, err
		}
		s.Fonts = append(s.Fonts, font)
	}
	return s, nil
}

// settings changes settings in which the agent draws the labels.
func (w Way) settings(text, gateway, component string) string {
	if w == "" || w == Own {
		return text
	}
	text = strings.ReplaceAll(text, "same_number_again = true\n", fmt.Sprintf("same_number_again = true\nway = %q\n", w))
	text += fmt.Sprintf("\n[jdl]\ngateway = %q\napp_key = %q\n\n[cloudprint.render]\nothers = true\nfile_hosts = [\"127.0.0.1\"]\n", gateway, jdsim.DefaultLOPAppKey)
	if w == Sealed {
		text += fmt.Sprintf("\n[[printer]]\nname = \"jd-component\"\nurl = %q\npaper = \"76x130\"\n", component)
	}
	return text
}
