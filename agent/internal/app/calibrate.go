package app

import (
	"errors"
	"fmt"
	"math"
	"os"

	"miandan/agent/internal/api"
	"miandan/agent/internal/config"
	"miandan/agent/internal/host"
	"miandan/agent/internal/notice"
	"miandan/agent/internal/testcard"
	"miandan/templates/scene"
)

// mostOffset is the largest offset that the settings take, in mm.
const mostOffset = 50

// Calibrates reports why a printer's offsets are not set from a ruler card; nil if
// they are. The error is a *notice.Error.
func Calibrates(c config.Printer) error {
	switch c.Language {
	case "page":
		return notice.New("calibrate-queue", nil, c.Name)
	case config.Sealed:
		return notice.New("card-sealed", nil, c.Name)
	}
	return nil
}

// Calibrate makes a printer's offsets of what was measured on its ruler card. Its
// errors are *notice.Error.
func Calibrate(c config.Printer, r testcard.Reading) (api.Calibrated, error) {
	if err := Calibrates(c); err != nil {
		return api.Calibrated{}, err
	}
	width, height, grid := scene.Length(c.Paper.Width), scene.Length(c.Paper.Height), scene.Grid(c.DotsPerMM)
	fix, err := testcard.Correct(r, width, height, grid)
	if err != nil {
		return api.Calibrated{}, notice.New("calibrate-number", err, c.Name, fmt.Sprintf("%g, %g", r.Left, r.Top))
	}
	if fix.Grid != 0 {
		return api.Calibrated{}, notice.New("calibrate-pitch", nil, c.Name, r.Length, testcard.BarOf(width).Length, math.Round(float64(fix.Grid)*10)/10, nearestPitch(float64(fix.Grid)))
	}
	tenth := func(mm float64) float64 { return math.Round(mm*10)/10 + 0 } // and no minus before a zero
	v := api.Calibrated{OffsetX: tenth(c.OffsetX + fix.X), OffsetY: tenth(c.OffsetY + fix.Y)}
	if math.Abs(v.OffsetX) > mostOffset || math.Abs(v.OffsetY) > mostOffset {
		return api.Calibrated{}, notice.New("calibrate-far", nil, c.Name, v.OffsetX, v.OffsetY, mostOffset)
	}
	return v, nil
}

// nearestPitch is the pitch that a head really has next to one that was measured.
func nearestPitch(measured float64) float64 {
	best := 8.0
	for _, v := range []float64{8, 11.811, 23.622} {
		if math.Abs(v-measured) < math.Abs(best-measured) {
			best = v
		}
	}
	return best
}

// WriteOffsets writes a printer's offsets into a settings file, and reports
// whether it could: one in which its lines cannot be found stays as it is. Errors
// are *notice.Error.
func WriteOffsets(path, printer string, v api.Calibrated) (written bool, err error) {
	err = editSettings(path, func(file []byte) ([]byte, error) {
		return config.SetOffsets(path, file, printer, v.OffsetX, v.OffsetY)
	})
	if errors.Is(err, config.ErrByHand) {
		return false, nil
	}
	return err == nil, err
}

// editSettings changes a settings file, which is then as it was or as it should
// be, whatever happens meanwhile.
func editSettings(path string, change func([]byte) ([]byte, error)) error {
	file, err := os.ReadFile(path)
	if err != nil {
		return notice.New("config-unreadable", err, path)
	}
	info, err := os.Stat(path)
	if err != nil {
		return notice.New("config-unreadable", err, path)
	}
	changed, err := change(file)
	if err != nil {
		return err
	}
	if err := host.AtomicWrite(path, changed, info.Mode().Perm()); err != nil {
		return notice.New("file-unwritable", err, path)
	}
	return nil
}
