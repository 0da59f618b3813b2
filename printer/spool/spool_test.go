package spool

import (
	"errors"
	"net/url"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/OpenPrinting/goipp"

	"miandan/printer"
)

func TestOpen(t *testing.T) {
	socket := "ipp://localhost/printers/zebra"
	tests := []struct {
		name, url string
		uri       string // "" is an error
	}{
		{"the system's own", "cups:///zebra", socket},
		{"another socket", "cups:///zebra?socket=/tmp/cups.sock", socket},
		{"a host", "cups://press/zebra", "ipp://press:631/printers/zebra"},
		{"a port", "cups://10.0.0.9:8631/zebra", "ipp://10.0.0.9:8631/printers/zebra"},
		{"ipv6", "cups://[::1]/zebra", "ipp://[::1]:631/printers/zebra"},
		{"a Chinese name", "cups://press/面单", "ipp://press:631/printers/%E9%9D%A2%E5%8D%95"},
		{"no queue", "cups://press", ""},
		{"no queue but a slash", "cups:///", ""},
		{"a path", "cups://press/printers/zebra", ""},
		{"a path that is hidden", "cups://press/zebra%2f..%2fadmin", ""},
		{"a line break", "cups://press/zebra%0d%0aX:1", ""},
		{"a space", "cups://press/ze%20bra", ""},
		{"a name that is too long", "cups://press/" + strings.Repeat("z", 128), ""},
		{"host and socket", "cups://press/zebra?socket=/tmp/cups.sock", ""},
		{"a relative socket", "cups:///zebra?socket=cups.sock", ""},
		{"an empty socket", "cups:///zebra?socket=", ""},
		{"an unknown parameter", "cups:///zebra?waiteof=false", ""},
		{"a broken parameter", "cups:///zebra?socket=%zz", ""},
		{"a password", "cups://packer:hunter2@press/zebra", ""},
		{"a port alone", "cups://:631/zebra", ""},
		{"another scheme", "ipp://press/zebra", ""},
		{"no slashes", "cups:zebra", ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			u, err := url.Parse(tt.url)
			if err != nil {
				t.Fatal(err)
			}
			transport, err := Open(u)
			if tt.uri == socket && runtime.GOOS == "windows" {
				if !errors.Is(err, errors.ErrUnsupported) {
					t.Errorf("Open = %v, want %v", err, errors.ErrUnsupported)
				}
				return
			}
			if tt.uri == "" {
				if err == nil {
					t.Fatal("Open succeeded, want an error")
				}
				if strings.Contains(err.Error(), "hunter2") || strings.Contains(err.Error(), "://press") {
					t.Errorf("the error %q repeats the address", err)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			if got := transport.(*Transport).uri; got != tt.uri {
				t.Errorf("Open = the way to %s, want %s", got, tt.uri)
			}
		})
	}
}

func TestReasons(t *testing.T) {
	tests := []struct {
		name  string
		words []string
		want  []printer.Reason
	}{
		{"ready", []string{"none"}, nil},
		{"nothing said", nil, nil},
		{"connecting, as before every job", []string{"connecting-to-device"}, nil},
		{"waiting for the last bytes", []string{"cups-waiting-for-job-completed"}, nil},
		{"paper out", []string{"media-empty-error"}, []printer.Reason{printer.MediaEmpty}},
		{"paper out, called a warning", []string{"media-empty-warning"}, []printer.Reason{printer.MediaEmpty}},
		{"paper wanted", []string{"media-needed"}, []printer.Reason{printer.MediaEmpty}},
		{"paper low", []string{"media-low-report"}, []printer.Reason{printer.MediaLow}},
		{"jam", []string{"media-jam-error"}, []printer.Reason{printer.MediaJam}},
		{"cover", []string{"door-open-report", "cover-open"}, []printer.Reason{printer.CoverOpen}},
		{"switched off on USB", []string{"offline-report"}, []printer.Reason{printer.Offline}},
		{"paused", []string{"paused"}, []printer.Reason{printer.Paused}},
		{"new jobs are held", []string{"hold-new-jobs"}, []printer.Reason{printer.Paused}},
		{"cutter", []string{"cutter-unrecoverable-failure-error"}, []printer.Reason{printer.CutterFail}},
		{"hot", []string{"fuser-over-temp"}, []printer.Reason{printer.Overheated}},
		{"no filter", []string{"cups-missing-filter-warning"}, []printer.Reason{printer.OtherFault}},
		{"several", []string{"media-empty-error", "media-needed-error", "cover-open-error"}, []printer.Reason{printer.MediaEmpty, printer.CoverOpen}},
		{"ink, which a label printer has not", []string{"marker-supply-low-warning", "marker-supply-low"}, nil},
		{"an unknown error", []string{"flux-capacitor-leaking-error"}, []printer.Reason{printer.OtherFault}},
		{"an unknown word", []string{"<script>", "\x00"}, []printer.Reason{printer.OtherFault}},
		{"an unknown warning", []string{"flux-capacitor-leaking-warning"}, nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := readReasons(tt.words); !slices.Equal(got, tt.want) {
				t.Errorf("readReasons(%q) = %q, want %q", tt.words, got, tt.want)
			}
		})
	}
}

func TestStatus(t *testing.T) {
	stopped := goipp.MakeAttr("printer-state", goipp.TagEnum, goipp.Integer(5))
	rejecting := goipp.MakeAttr("printer-is-accepting-jobs", goipp.TagBoolean, goipp.Boolean(false))
	out := goipp.MakeAttr("printer-state-reasons", goipp.TagKeyword, goipp.String("paused"), goipp.String("media-empty-error"))
	tests := []struct {
		name  string
		queue goipp.Attributes
		want  []printer.Reason
	}{
		{"healthy", healthy(), nil},
		{"stopped", replace(healthy(), stopped), []printer.Reason{printer.Paused}},
		{"rejecting", replace(healthy(), rejecting), []printer.Reason{printer.Paused}},
		{"stopped, and says why", replace(replace(healthy(), stopped), out), []printer.Reason{printer.Paused, printer.MediaEmpty}},
		{"says nothing", goipp.Attributes{}, nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			f := &fake{queue: tt.queue}
			got, err := f.start(t).Status(t.Context())
			if err != nil || !slices.Equal(got.Reasons, tt.want) {
				t.Errorf("Status = %v, %v, want %v", got.Reasons, err, tt.want)
			}
		})
	}
}

func TestFit(t *testing.T) {
	one := func(n int) goipp.Range { return goipp.Range{Lower: n, Upper: n} }
	papers := []paper{
		{one(20990), one(29704)},
		{one(10000), one(15000)},
		{goipp.Range{Lower: 1000, Upper: 11000}, goipp.Range{Lower: 1000, Upper: 30000}},
	}
	tests := []struct {
		name          string
		papers        []paper
		width, height int
		want          fit
	}{
		{"one of its sizes", papers, 10000, 15000, fixedFit},
		{"in numbers", papers, 7600, 13000, customFit},
		{"in numbers, though a size is near", papers, 10050, 15000, customFit},
		{"a size in points", papers, 21000, 29700, fixedFit},
		{"too wide", papers, 11001, 13000, noFit},
		{"too high", papers, 7600, 30001, noFit},
		{"lying on its side", papers[:2], 15000, 10000, noFit},
		{"only fixed sizes", papers[:2], 7600, 13000, noFit},
		{"a queue that does not tell", nil, 7600, 13000, fixedFit},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := fitOf(tt.papers, tt.width, tt.height); got != tt.want {
				t.Errorf("fitOf(%d × %d) = %v, want %v", tt.width, tt.height, got, tt.want)
			}
		})
	}
}

func TestMillimetres(t *testing.T) {
	for n, want := range map[int]string{7600: "76", 10000: "100", 7620: "76.2", 13025: "130.25", 5: "0.05"} {
		if got := millimetres(n); got != want {
			t.Errorf("millimetres(%d) = %s, want %s", n, got, want)
		}
	}
}
