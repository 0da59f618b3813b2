package cli

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"miandan/agent/internal/api"
	"miandan/agent/internal/config"
	"miandan/agent/internal/host"
	"miandan/agent/internal/notice"
	"miandan/agent/internal/testcard"
	"miandan/templates/scene"
)

// mostOffset is the largest offset that the settings take, in mm.
const mostOffset = 50

// calibrated is what a calibration has come to.
type calibrated struct {
	Printer string  `json:"printer"`
	OffsetX float64 `json:"offset_x"`
	OffsetY float64 `json:"offset_y"`
	Written bool    `json:"written"` // into the settings
}

func (c *command) printersCalibrate() *cobra.Command {
	var (
		r           testcard.Reading
		noCard, dry bool
	)
	cmd := &cobra.Command{
		Use: "calibrate NAME", Short: "Print a ruler card, take two numbers from it and set the printer's offsets", Args: cobra.ExactArgs(1),
		Long: "Print a card with two black bars and ask how far they stand from the paper's edges. From that the\n" +
			"printer's offset_x and offset_y are computed and written into the settings. Both numbers are distances\n" +
			"from an edge of the paper to an edge of a bar, read off an ordinary ruler: there is no sign to get\n" +
			"wrong and nothing to subtract. The length of the bar across shows whether dots_per_mm is right.\n\n" +
			"With --left and --top nothing is printed and nothing asked.",
		RunE: func(cmd *cobra.Command, args []string) error {
			typed := cmd.Flags().Changed("left") || cmd.Flags().Changed("top")
			if typed && !(cmd.Flags().Changed("left") && cmd.Flags().Changed("top")) {
				return usageError{errors.New("--left and --top go together")}
			}
			p, err := c.named(args[0])
			if err != nil {
				return err
			}
			switch p.Language {
			case "page":
				return notice.New("calibrate-queue", nil, p.Name)
			case "sealed":
				return notice.New("card-sealed", nil, p.Name)
			}
			if !typed {
				if r, err = c.readCard(cmd.Context(), p, !noCard); err != nil {
					return err
				}
			}
			return c.calibrate(p, r, dry)
		},
	}
	f := cmd.Flags()
	f.Float64Var(&r.Left, "left", 0, "measured: from the paper's left edge to the bar, in mm")
	f.Float64Var(&r.Top, "top", 0, "measured: from the paper's upper edge to the bar, in mm")
	f.Float64Var(&r.Length, "length", 0, "measured: how long the bar across is, in mm (default: as it should be)")
	f.BoolVar(&noCard, "no-card", false, "a card has been printed already: only ask")
	f.BoolVar(&dry, "dry-run", false, "say the offsets and change nothing")
	return cmd
}

// readCard prints the card and asks for what was measured on it.
func (c *command) readCard(ctx context.Context, p config.Printer, print bool) (r testcard.Reading, err error) {
	if print {
		printed, err := c.printCard(ctx, p, api.RulerCard)
		if err != nil {
			return r, err
		}
		c.tellCard(printed)
	}
	bar := testcard.BarOf(scene.Length(p.Paper.Width))
	in := bufio.NewReader(io.LimitReader(c.In, 64<<10))
	for _, q := range []struct {
		code notice.Code
		args []any
		to   *float64
		none float64
	}{
		{"calibrate-ask-length", []any{bar.Length}, &r.Length, bar.Length},
		{"calibrate-ask-left", nil, &r.Left, 0},
		{"calibrate-ask-top", nil, &r.Top, 0},
	} {
		fmt.Fprint(c.Err, notice.Text(c.language, q.code, q.args...), " ")
		line, err := in.ReadString('\n')
		if err != nil && (line == "" || !errors.Is(err, io.EOF)) {
			fmt.Fprintln(c.Err)
			return r, notice.New("calibrate-number", err, p.Name, notice.Phrase{"Nothing", "空白"})
		}
		if *q.to, err = millimetres(line, q.none); err != nil {
			return r, notice.New("calibrate-number", err, p.Name, strings.TrimSpace(line))
		}
	}
	return r, nil
}

// millimetres reads a length as people type it: 20.5, 20,5 or 20.5 mm.
func millimetres(typed string, none float64) (float64, error) {
	s := strings.TrimSpace(typed)
	for _, unit := range []string{"mm", "毫米"} {
		s = strings.TrimSpace(strings.TrimSuffix(s, unit))
	}
	if s == "" && none > 0 {
		return none, nil
	}
	v, err := strconv.ParseFloat(strings.NewReplacer(",", ".", "，", ".", "。", ".").Replace(s), 64)
	if err != nil || !(v > 0 && v < 1000) {
		return 0, errors.New("no length in millimetres")
	}
	return v, nil
}

func (c *command) calibrate(p config.Printer, r testcard.Reading, dry bool) error {
	width, height, grid := scene.Length(p.Paper.Width), scene.Length(p.Paper.Height), scene.Grid(p.DotsPerMM)
	fix, err := testcard.Correct(r, width, height, grid)
	if err != nil {
		return notice.New("calibrate-number", err, p.Name, fmt.Sprintf("%g, %g", r.Left, r.Top))
	}
	if fix.Grid != 0 {
		return notice.New("calibrate-pitch", nil, p.Name, r.Length, testcard.BarOf(width).Length, math.Round(float64(fix.Grid)*10)/10, nearestPitch(float64(fix.Grid)))
	}
	tenth := func(mm float64) float64 { return math.Round(mm*10)/10 + 0 } // and no minus before a zero
	result := calibrated{Printer: p.Name, OffsetX: tenth(p.OffsetX + fix.X), OffsetY: tenth(p.OffsetY + fix.Y)}
	if math.Abs(result.OffsetX) > mostOffset || math.Abs(result.OffsetY) > mostOffset {
		return notice.New("calibrate-far", nil, p.Name, result.OffsetX, result.OffsetY, mostOffset)
	}
	byHand := false
	if !dry {
		err := c.writeOffsets(result)
		byHand = errors.Is(err, config.ErrByHand)
		if err != nil && !byHand {
			return err
		}
		result.Written = !byHand
	}
	if c.json {
		err = c.printJSON(result)
	} else {
		_, err = fmt.Fprintf(c.Out, "offset_x = %.1f\noffset_y = %.1f\n", result.OffsetX, result.OffsetY)
	}
	switch {
	case byHand:
		fmt.Fprintln(c.Err, notice.Text(c.language, "calibrate-by-hand", p.Name))
	case result.Written:
		fmt.Fprintln(c.Err, notice.Text(c.language, "calibrate-done", p.Name))
	}
	return err
}

func (c *command) writeOffsets(r calibrated) error {
	file, err := os.ReadFile(c.config)
	if err != nil {
		return notice.New("config-unreadable", err, c.config)
	}
	changed, err := config.SetOffsets(c.config, file, r.Printer, r.OffsetX, r.OffsetY)
	if err != nil {
		return err
	}
	info, err := os.Stat(c.config)
	if err != nil {
		return notice.New("config-unreadable", err, c.config)
	}
	if err := host.AtomicWrite(c.config, changed, info.Mode().Perm()); err != nil {
		return notice.New("file-unwritable", err, c.config)
	}
	return nil
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
