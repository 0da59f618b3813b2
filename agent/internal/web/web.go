// Package web is the page of the agent: the queue of this station, live and
// masked, for people who pack, and its layouts for those who look after them.
//
// It is one template around places, each of which is a template, a style sheet, a
// script and words, embedded and served as they are; no build step stands between
// the file and the browser, and the strict policy of the interface (nothing
// inline, nothing from elsewhere) costs nothing. The script sets text and never markup, so a name from an order can
// only ever be text.
//
// The page knows the interface alone. It holds no rule: what may be printed or
// settled is the station's to say, and the page shows its sentence.
package web

import (
	"bytes"
	"embed"
	"html/template"
	"net/http"

	"miandan/agent/internal/api"
	"miandan/agent/internal/notice"
)

//go:embed page.html *.css *.js icon.svg places
var files embed.FS

// place is a part of the page: places/NAME.html, .css and .js, which define a main
// with the place's name, and its words.
type place struct {
	name            string
	written, spoken words    // in the template; by the script
	parts           []string // further scripts that the place's own imports
}

// places lists them in the order in which people see them. The page begins with the
// bench, and where nothing is set up with the start, which goes when that is done.
func places() []place {
	return []place{
		{name: "start", written: writtenOfStart(), spoken: spokenOfStart()},
		{name: "bench", written: writtenOfBench(), spoken: spokenOfBench(), parts: []string{"picks", "preview", "rules"}},
		{name: "room", written: writtenOfRoom(), spoken: spokenOfRoom()},
		{name: "waves", written: writtenOfWaves(), spoken: spokenOfWaves()},
		{name: "orders", written: writtenOfOrders(), spoken: spokenOfOrders()},
		{name: "history", written: writtenOfHistory(), spoken: spokenOfHistory()},
		{name: "printers", written: writtenOfPrinters(), spoken: spokenOfPrinters(), parts: []string{"calibrate"}},
		{name: "layouts", written: writtenOfLayouts(), spoken: spokenOfLayouts(), parts: []string{"editor"}},
		{name: "settings", written: writtenOfSettings(), spoken: spokenOfSettings()},
		{name: "doctor", written: writtenOfDoctor(), spoken: spokenOfDoctor()},
		{name: "callers", written: writtenOfCallers(), spoken: spokenOfCallers()},
	}
}

// Handler serves the page at /, the sheet of commands at /sheet and their files
// below /static/. The token goes
// into the page, which sends it back with every act; station is the language
// for browsers that ask for none that we speak.
func Handler(token string, station notice.Language) http.Handler {
	page := template.Must(template.ParseFS(files, "page.html", "places/*.html"))
	mux := http.NewServeMux()
	static := append(view{}.Scripts(), "page.css", "office.css", "icon.svg")
	for _, p := range places() {
		static = append(static, "places/"+p.name+".css")
	}
	for _, name := range static {
		mux.HandleFunc("/static/"+name, func(w http.ResponseWriter, r *http.Request) {
			http.ServeFileFS(w, r, files, name)
		})
	}
	sheet(mux, station)
	mux.HandleFunc("/{$}", func(w http.ResponseWriter, r *http.Request) {
		var b bytes.Buffer
		if err := page.Execute(&b, view{Token: token, language: api.LanguageOf(r, station), page: page}); err != nil {
			http.Error(w, "the page's template failed", http.StatusInternalServerError)
			return
		}
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		w.Write(b.Bytes())
	})
	return mux
}

// view is what the template sees.
type view struct {
	Token    string
	language notice.Language
	page     *template.Template
}

// Places are the names of the places.
func (v view) Places() []string {
	var names []string
	for _, p := range places() {
		names = append(names, p.name)
	}
	return names
}

// Scripts are the files of the modules.
func (v view) Scripts() []string {
	names := []string{"core.js", "scanner.js", "sound.js", "questions.js", "reprint.js", "shell.js", "scan.js", "commands.js", "office.js"}
	for _, p := range places() {
		names = append(names, "places/"+p.name+".js")
		for _, part := range p.parts {
			names = append(names, "places/"+part+".js")
		}
	}
	return names
}

// Main is what a place shows. What stands in it was escaped when it was made.
func (v view) Main(place string) (template.HTML, error) {
	var b bytes.Buffer
	err := v.page.ExecuteTemplate(&b, place, v)
	return template.HTML(b.String()), err
}

// ToPlace is the word that leads to a place.
func (v view) ToPlace(place string) (string, error) { return say(v.language, "to-"+place) }

// Lang is the value of the lang attribute, which chooses the browser's glyphs
// for hanzi.
func (v view) Lang() string {
	if v.language == notice.Chinese {
		return "zh-CN"
	}
	return "en"
}

// Say returns a word of the page in its language.
func (v view) Say(key string) (string, error) { return say(v.language, key) }

// Words are those that the script puts together, by key.
func (v view) Words() map[string]string {
	m := map[string]string{}
	for key, w := range spoken() {
		m[key] = w[v.language]
	}
	return m
}
