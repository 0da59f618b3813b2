package apitest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"strings"

	"miandan/agent/internal/api"
	"miandan/agent/internal/notice"
)

var _ api.Drafts = (*Station)(nil)

// Source returns the text that was saved last, or a short one.
func (s *Station) Source(_ context.Context, name string) (api.Draft, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.fail != nil {
		return api.Draft{}, s.fail
	}
	if text, ok := s.drafts[name]; ok {
		return api.Draft{Name: name, Text: text, Own: true}, nil
	}
	return api.Draft{Name: name, Text: fmt.Sprintf("title: %s\npage: {w: 76, h: 130}\nelements:\n- {text: \"{number}\", at: {x: 3, y: 3, w: 70, h: 6}, size: 4}\n", name)}, nil
}

// Draw finds fault with the key "sise", on whose account there is no picture.
// Otherwise the picture has a black bar for each line of the text.
func (s *Station) Draw(_ context.Context, d api.Draft, dpi int) (v api.Drawn, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.fail != nil {
		return v, s.fail
	}
	lines := strings.Split(d.Text, "\n")
	for i, line := range lines {
		if at := strings.Index(line, "sise"); at >= 0 {
			v.Findings = append(v.Findings, api.LayoutFinding{
				Severity: api.Unfit, File: d.Name + ".yaml", Line: i + 1, Column: at + 1, Excerpt: line + "\n" + strings.Repeat(" ", at) + "^",
				Words: notice.Phrase{"unknown key `sise`; write `size`", "不认识的键 `sise`，请写 `size`"},
			})
		}
	}
	if v.Findings != nil {
		return v, nil
	}
	v.Width, v.Height = 76, 130
	dots := func(mm int) int { return mm * dpi * 10 / 254 }
	img := image.NewPaletted(image.Rect(0, 0, dots(76), dots(130)), color.Palette{color.White, color.Black})
	for i := range lines {
		for y := dots(4 * i); y < dots(4*i+2); y++ {
			for x := dots(3); x < dots(73); x++ {
				img.SetColorIndex(x, y, 1)
			}
		}
	}
	var b bytes.Buffer
	err = png.Encode(&b, img)
	v.Picture = b.Bytes()
	return v, err
}

// Save keeps a text that nothing is wrong with.
func (s *Station) Save(_ context.Context, d api.Draft, who string) error {
	return s.act(fmt.Sprintf("save %s of %d bytes by %s", d.Name, len(d.Text), who), func() error {
		if strings.Contains(d.Text, "sise") {
			return notice.New("layout-unreadable", errSise, d.Name)
		}
		if s.drafts == nil {
			s.drafts = map[string]string{}
		}
		s.drafts[d.Name] = d.Text
		return nil
	})
}

var errSise = errors.New("unknown key sise")
