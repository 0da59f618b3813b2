package componentsim

import (
	"bytes"
	"encoding/base64"
	"errors"
	"fmt"
	"image"
	"image/draw"
	"image/jpeg"
	"image/png"
	"strings"

	"miandan/agent/internal/jos/jdsim/sheet"
)

// preview draws the first label, or all of them below each other (guessed).
func (c *Component) preview(q request, all bool) object {
	contents := q.contents()
	if len(contents) == 0 {
		return answer(q, codePreview, statusFormat, "打印数据为空", nil)
	}
	if !all {
		contents = contents[:1]
	}
	var r result
	var documents []sheet.Document
	for i, l := range c.labels(contents) {
		if l.fault != "" {
			r.bad(i, l.fault)
			continue
		}
		r.good(i)
		documents = append(documents, l.Document)
	}
	detail := r.info(len(contents))
	b, err := c.draw("PNG", documents)
	if len(r.errors) > 0 || err != nil {
		return answer(q, codePreview, statusData, "打印数据有误", detail)
	}
	picture := base64.StdEncoding.EncodeToString(b)
	detail["imgdata"], detail["imgpath"] = picture, ""
	reply := answer(q, codePreview, statusOK, "预览成功", detail)
	reply["content"] = picture
	return reply
}

// errFileType reports a kind of file that the component does not write.
var errFileType = errors.New("no such kind of file")

// draw renders labels as one file: a PDF of a page each, or a picture.
func (c *Component) draw(kind string, documents []sheet.Document) ([]byte, error) {
	var b bytes.Buffer
	switch strings.ToUpper(kind) {
	case "PDF":
		err := c.config.Style.PDF(&b, documents...)
		return b.Bytes(), err
	case "PNG":
		img, err := c.picture(documents)
		if err != nil {
			return nil, err
		}
		err = png.Encode(&b, img)
		return b.Bytes(), err
	case "JPG":
		img, err := c.picture(documents)
		if err != nil {
			return nil, err
		}
		err = jpeg.Encode(&b, img, nil)
		return b.Bytes(), err
	}
	return nil, errFileType
}

// picture draws labels below each other.
func (c *Component) picture(documents []sheet.Document) (image.Image, error) {
	const width, height = sheet.Width * sheet.DotsPerMM, sheet.Height * sheet.DotsPerMM
	img := image.NewGray(image.Rect(0, 0, width, height*len(documents)))
	for i, d := range documents {
		one, err := c.config.Style.Picture(d)
		if err != nil {
			return nil, fmt.Errorf("draw label %d: %w", i+1, err)
		}
		draw.Draw(img, image.Rect(0, i*height, width, (i+1)*height), one, image.Point{}, draw.Src)
	}
	return img, nil
}
