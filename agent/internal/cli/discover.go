package cli

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"math"
	"net"
	"net/netip"
	"net/url"
	"slices"
	"strings"
	"text/tabwriter"
	"time"
	"unicode"

	"github.com/spf13/cobra"

	"miandan/agent/internal/app"
	"miandan/agent/internal/config"
	"miandan/printer"
	"miandan/printer/discover"
	"miandan/printer/tcp"
)

// found is a device as it is shown.
type found struct {
	Way       string         `json:"way"`
	URL       string         `json:"url,omitempty"`
	Says      string         `json:"says,omitempty"`
	Maker     string         `json:"maker,omitempty"`
	Model     string         `json:"device_model,omitempty"`
	Commands  []string       `json:"commands,omitempty"`
	Direct    string         `json:"direct,omitempty"`
	Note      string         `json:"note,omitempty"`
	Known     string         `json:"known_as,omitempty"` // its name, if it stands in the settings
	Language  string         `json:"language"`
	DotsPerMM float64        `json:"dots_per_mm"`
	Media     string         `json:"media,omitempty"`
	ModelFile string         `json:"model,omitempty"`
	Why       []discover.Why `json:"why"`
	TOML      string         `json:"toml,omitempty"`
}

type trouble struct {
	Way  string `json:"way"`
	Says string `json:"says"`
}

type discovered struct {
	Found    []found   `json:"found"`
	Troubles []trouble `json:"troubles,omitempty"`
}

func (c *command) printersDiscover() *cobra.Command {
	var (
		ask      bool
		scan     string
		patience time.Duration
	)
	cmd := &cobra.Command{
		Use: "discover", Short: "Find printers that are plugged in, installed or announced", Args: cobra.NoArgs,
		Long: "Find printers that are plugged in by USB, installed as print queues, or that announce themselves on\n" +
			"the network, and propose how they would stand in the settings. Nothing is sent to a printer.\n\n" +
			"With --ask, those that do not say what they understand are asked in printers' languages. One that\n" +
			"knows none of them may print the questions: a scrap of text. With --scan, the raw printing port of\n" +
			"every address of a network is tried; only for networks of one's own.",
		RunE: func(cmd *cobra.Command, _ []string) error {
			ways := app.Ways()
			if scan != "" {
				network, err := netip.ParsePrefix(scan)
				if err == nil {
					err = discover.CheckScan(network)
				}
				if err != nil {
					return usageError{fmt.Errorf("--scan %s: %w", scan, err)}
				}
				ways = append(ways, discover.Scan(network, 9100))
			}
			result, err := c.discover(cmd.Context(), patience, ask, ways)
			if err != nil {
				return err
			}
			if c.json {
				return c.printJSON(result)
			}
			return c.showFound(result)
		},
	}
	cmd.Flags().BoolVar(&ask, "ask", false, "ask unknown devices what they are (one that does not understand may print the question)")
	cmd.Flags().StringVar(&scan, "scan", "", "also try port "+tcp.Port+" of every address of a network, such as 192.168.1.0/24")
	cmd.Flags().DurationVar(&patience, "timeout", discover.Patience, "how long to look")
	return cmd
}

// discover finds devices and says how they would stand in the settings. Without
// settings, or with broken ones, all are new.
func (c *command) discover(ctx context.Context, patience time.Duration, ask bool, ways []discover.Way) (discovered, error) {
	library, err := config.Models(c.config)
	if err != nil {
		return discovered{}, err
	}
	conf, err := app.Settings(c.config)
	if err != nil {
		conf = &config.Config{}
	}
	var taken []string
	for _, p := range conf.Printers {
		taken = append(taken, p.Name)
	}
	devices, troubles := discover.Find(ctx, patience, ways...)
	result := discovered{Found: []found{}}
	for _, t := range troubles {
		result.Troubles = append(result.Troubles, trouble{t.Way, t.Err.Error()})
	}
	for _, d := range devices {
		name := ""
		for _, p := range conf.Printers {
			if samePrinter(ctx, p.URL, d.URL) {
				name = p.Name
			}
		}
		if ask && name == "" && askable(d) {
			answer, err := app.Ask(ctx, d.URL)
			switch {
			case err == nil:
				d = d.Learn(answer)
			case errors.Is(err, printer.ErrMute):
				d.Note = "it was asked what it is and gave no answer"
			default:
				result.Troubles = append(result.Troubles, trouble{d.Way, "asking " + d.URL + ": " + err.Error()})
			}
		}
		p := discover.Propose(d, library)
		f := found{
			Way: d.Way, URL: d.URL, Says: d.Says, Maker: d.Identity.Maker, Model: d.Identity.Model, Commands: d.Identity.Commands,
			Direct: d.Direct, Note: d.Note, Known: name,
			Language: p.Language, DotsPerMM: p.DotsPerMM, Media: p.Media, ModelFile: p.Model, Why: p.Why,
		}
		if d.URL != "" && f.Known == "" {
			f.TOML = discover.Snippet(d, p, taken)
			taken = append(taken, discover.Name(d, taken))
		}
		result.Found = append(result.Found, f)
	}
	return result, nil
}

// samePrinter reports whether an address of the settings may be that of a device
// that was found. In doubt it is: a printer of the settings may have a label in
// hand, and is asked nothing.
func samePrinter(ctx context.Context, set, found string) bool {
	a, err := url.Parse(set)
	b, err2 := url.Parse(found)
	if err != nil || err2 != nil || found == "" || a.Scheme != b.Scheme {
		return false
	}
	plain := func(s string) string {
		return strings.Map(func(r rune) rune {
			if unicode.IsLetter(r) || unicode.IsDigit(r) {
				return unicode.ToLower(r)
			}
			return -1
		}, s)
	}
	switch a.Scheme {
	case "tcp":
		return cmp.Or(a.Port(), tcp.Port) == cmp.Or(b.Port(), tcp.Port) && sameHost(ctx, a.Hostname(), b.Hostname())
	case "usb":
		n, m := a.Query().Get("serial"), b.Query().Get("serial")
		return plain(a.Host) == plain(b.Host) && plain(a.Path) == plain(b.Path) && (n == "" || m == "" || strings.EqualFold(n, m))
	case "serial":
		return strings.EqualFold(a.Host, b.Host) && a.Path == b.Path
	}
	return a.Host == b.Host && a.Path == b.Path
}

func sameHost(ctx context.Context, set, found string) bool {
	if strings.EqualFold(set, found) {
		return true
	}
	if _, err := netip.ParseAddr(set); err == nil {
		return false
	}
	ctx, cancel := context.WithTimeout(ctx, time.Second)
	defer cancel()
	addresses, err := net.DefaultResolver.LookupHost(ctx, set)
	return err == nil && slices.Contains(addresses, found)
}

// askable are devices that take bytes as they come and do not say what they
// understand.
func askable(d discover.Device) bool {
	scheme, _, _ := strings.Cut(d.URL, ":")
	return len(d.Identity.Commands) == 0 && (scheme == "tcp" || scheme == "usb")
}

func (c *command) showFound(r discovered) error {
	w := tabwriter.NewWriter(c.Out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "WAY\tURL\tSAYS\tLANGUAGE\tDPI\tMODEL\tIN SETTINGS\t")
	for _, f := range r.Found {
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%.0f\t%s\t%s\t\n", f.Way, or(f.URL, "-"), or(f.Says, "-"), f.Language, math.Round(f.DotsPerMM*25.4), or(f.ModelFile, "-"), or(f.Known, "-"))
	}
	if err := w.Flush(); err != nil {
		return err
	}
	for _, f := range r.Found {
		if f.TOML == "" && f.Note == "" {
			continue
		}
		fmt.Fprintf(c.Out, "\n# %s\n", or(f.Says, f.URL))
		if f.Note != "" {
			fmt.Fprintf(c.Out, "# note: %s\n", f.Note)
		}
		if f.Direct != "" {
			fmt.Fprintf(c.Out, "# the same printer without a queue, which can say more: %s\n", f.Direct)
		}
		if f.TOML == "" {
			continue
		}
		for _, why := range f.Why {
			fmt.Fprintf(c.Out, "# %s = %s (%s): %s\n", why.Setting, why.Value, why.Confidence, why.Because)
		}
		fmt.Fprint(c.Out, f.TOML)
	}
	for _, t := range r.Troubles {
		fmt.Fprintf(c.Err, "%s: %s\n", t.Way, t.Says)
	}
	return nil
}
