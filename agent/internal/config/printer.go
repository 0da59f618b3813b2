package config

// Printer is one printer.
type Printer struct {
	Name string `toml:"name"`
	URL  string `toml:"url"` // tcp://HOST:9100, usb://MAKER/MODEL, serial://COM3?baud=9600, cups:///QUEUE, winspool:///QUEUE, file:///PATH, jd-component://HOST:PORT/PRINTER and those of other platforms
	// Group is shared by printers that stand for each other: a wave, a rule or a click
	// that names it prints on whichever of them is free. Empty for none.
	Group string `toml:"group"`
	// Model names the model file whose quirks it has, or "auto"; "" for none. It
	// speaks where the settings do not.
	Model     string  `toml:"model"`
	Language  string  `toml:"language"`    // "escpos", "tspl", "zpl", "cpcl", "page", "sealed"
	DotsPerMM float64 `toml:"dots_per_mm"` // 8 is 203 dpi, 11.811 is 300 dpi, 12 is 305 dpi
	HeadDots  int     `toml:"head_dots"`   // the head's width, which a label may not exceed; 0 if not known
	Media     string  `toml:"media"`       // "label", "label-ff", "mark", "continuous", "continuous-cut", "as-set"
	Confirm   string  `toml:"confirm"`     // "process-id", "status", "none"
	Status    string  `toml:"status"`      // "ask", "never": it answers no question, and none is put to it
	BandRows  int     `toml:"band_rows"`   // rows of one raster command
	// KeepsBuffer says that what the printer was sent survives its power switch, so
	// that switching it off and on proves nothing.
	KeepsBuffer bool `toml:"keeps_buffer"`
	// OneByOne lets no label follow one that is not yet known to be out, where the
	// printer's proof would allow it.
	OneByOne bool  `toml:"one_by_one"`
	Paper    Paper `toml:"paper"`
	Roll     int   `toml:"roll"` // labels on a new roll; 0 is not known
	// DialTimeout is for connecting, SendTimeout for all bytes of a label,
	// ConfirmTimeout for the word that it is printed.
	DialTimeout    Duration `toml:"dial_timeout"`
	SendTimeout    Duration `toml:"send_timeout"`
	ConfirmTimeout Duration `toml:"confirm_timeout"`

	// What the printer languages of labels know besides. Zero and "" leave a thing
	// as the printer is set.
	Gap        float64 `toml:"gap"`         // mm between two labels, or of the mark
	Darkness   int     `toml:"darkness"`    // on the language's own scale
	Speed      float64 `toml:"speed"`       // inches a second; of cpcl 1 to 5, slow to fast
	Finish     string  `toml:"finish"`      // "tear", "peel", "cut"
	OffsetX    float64 `toml:"offset_x"`    // mm to the right
	OffsetY    float64 `toml:"offset_y"`    // mm down
	UpsideDown bool    `toml:"upside_down"` // the label's foot leaves first
	ESCPOS     ESCPOS  `toml:"escpos"`
	TSPL       TSPL    `toml:"tspl"`
	ZPL        ZPL     `toml:"zpl"`
	CPCL       CPCL    `toml:"cpcl"`
}

// ESCPOS is what only some ESC/POS printers know or need; see package escpos.
type ESCPOS struct {
	Quiet      bool `toml:"quiet"`        // reports no fault unasked
	NoRealTime bool `toml:"no_real_time"` // knows GS ( D, which keeps dots from being commands
}

// TSPL is what only some TSPL printers know or need; see package tspl.
type TSPL struct {
	Invert    bool `toml:"invert"`    // a set bit is black, unlike TSC's
	Zlib      bool `toml:"zlib"`      // takes compressed pictures; only after a test print
	Extended  bool `toml:"extended"`  // asked by ESC !S instead of ESC !?
	Immediate bool `toml:"immediate"` // wants ~!E before a question
	Response  bool `toml:"response"`  // reports each printed label
}

// ZPL is what only some ZPL printers know or need; see package zpl.
type ZPL struct {
	Ink         string `toml:"ink"`         // "direct", "transfer" by a ribbon
	Compression string `toml:"compression"` // "", "z64", "hex"
	Top         int    `toml:"top"`         // dots that the label moves along the paper
}

// CPCL is what only some CPCL printers know or need; see package cpcl.
type CPCL struct {
	Resolution int  `toml:"resolution"` // what stands in a label's first line; 200 if 0
	TopOfForm  int  `toml:"top_of_form"`
	Contrast   int  `toml:"contrast"`
	Present    int  `toml:"present"` // dots that a label is fed further to be torn off
	Hex        bool `toml:"hex"`
	Extended   bool `toml:"extended"`
}
