package web

import (
	"bytes"
	"embed"
	"html/template"
	"net/http"

	"miandan/agent/internal/api"
	"miandan/agent/internal/notice"
)

//go:embed door
var doorFiles embed.FS

// Door is the page before the page, at /enter. It takes the code behind the # of
// a link, which no server and no log has seen, or asks for it, and goes on to the
// page. Where that is not served to who types its address, it stands there too.
func Door(station notice.Language) http.Handler {
	page := template.Must(template.ParseFS(doorFiles, "door/door.html"))
	mux := http.NewServeMux()
	for _, name := range []string{"door.css", "door.js"} {
		mux.HandleFunc("/enter/"+name, func(w http.ResponseWriter, r *http.Request) {
			http.ServeFileFS(w, r, doorFiles, "door/"+name)
		})
	}
	mux.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {
		var b bytes.Buffer
		if err := page.Execute(&b, doorView{view{language: api.LanguageOf(r, station)}}); err != nil {
			http.Error(w, "the page's template failed", http.StatusInternalServerError)
			return
		}
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		w.Write(b.Bytes())
	})
	return mux
}

type doorView struct{ view }

// Say returns a word of the door.
func (v doorView) Say(key string) string { return doorWords()[key][v.language] }

func doorWords() words {
	return words{
		"title":   {"Miandan", "面单"},
		"open":    {"Open this page from the tray", "请从托盘图标打开本页"},
		"how":     {"Click the Miandan icon beside the clock, then “Open page”. Or run miandan page at the command line and type its code here.", "点击时钟旁的“面单”图标，选择“打开页面”。也可以在命令行运行 miandan page，把代码输入到这里。"},
		"code":    {"Code", "代码"},
		"enter":   {"Open", "打开"},
		"lost":    {"The agent does not answer. Start it, then try again.", "程序没有响应。请启动程序后重试。"},
		"waiting": {"Opening…", "正在打开…"},
	}
}
