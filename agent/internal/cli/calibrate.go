package cli

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"miandan/agent/internal/api"
	"miandan/agent/internal/app"
	"miandan/agent/internal/config"
	"miandan/agent/internal/notice"
	"miandan/agent/internal/testcard"
	"miandan/templates/scene"
)

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
			if err := app.Calibrates(p); err != nil {
				return err
			}
			if !typed {
				if r, err = c.readCard(cmd.Context(), p, !noCard); err != nil {
					return err
				}
			}
			return c.calibrate(cmd.Context(), p, r, dry)
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

func (c *command) calibrate(ctx context.Context, p config.Printer, r testcard.Reading, dry bool) error {
	v, done, err := c.offsets(ctx, p, r, dry)
	if err != nil {
		return err
	}
	if c.json {
		err = c.printJSON(calibrated{p.Name, v.OffsetX, v.OffsetY, v.Written})
	} else {
		_, err = fmt.Fprintf(c.Out, "offset_x = %.1f\noffset_y = %.1f\n", v.OffsetX, v.OffsetY)
	}
	switch {
	case v.Written:
		fmt.Fprintln(c.Err, notice.Text(c.language, done, p.Name))
	case !dry:
		fmt.Fprintln(c.Err, notice.Text(c.language, "calibrate-by-hand", p.Name))
	}
	return err
}

// offsets sets a printer's offsets. While the agent runs it does so, and they hold
// from the next label on. Done is what is said of it.
func (c *command) offsets(ctx context.Context, p config.Printer, r testcard.Reading, dry bool) (v api.Calibrated, done notice.Code, err error) {
	if agent, err := c.agent(); err == nil {
		v, err = agent.Calibrate(ctx, api.Calibrate{Printer: p.Name, Left: r.Left, Top: r.Top, Length: r.Length, Write: !dry, Who: who()})
		if !api.Unserved(err) {
			return v, "calibrate-now", err
		}
	}
	if v, err = app.Calibrate(p, r); err == nil && !dry {
		v.Written, err = app.WriteOffsets(c.config, p.Name, v)
	}
	return v, "calibrate-done", err
}
