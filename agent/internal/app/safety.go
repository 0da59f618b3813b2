package app

import (
	"context"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"time"

	"miandan/agent/internal/api"
	"miandan/agent/internal/config"
	"miandan/agent/internal/host"
	"miandan/agent/internal/notice"
	"miandan/agent/internal/store"
	"miandan/printer/winspool"
)

// safety looks at where what is on labels could be found beside the agent's own
// folder. These are warnings: they keep nothing from being printed. Of Windows
// the folder is looked at and what the queues keep.
func (d Doctor) safety(conf *config.Config, root string) []api.Finding {
	var all []api.Finding
	add := func(what string, err *notice.Error, fine notice.Code) {
		if err != nil {
			all = append(all, api.Finding{What: what, Verdict: Doubtful, Says: err.Text(d.Language)})
			return
		}
		all = append(all, api.Finding{What: what, Verdict: Fine, Says: notice.Text(d.Language, fine)})
	}
	pid := os.Getpid()
	holder, running, err := host.Running(d.Data)
	if running = running && err == nil; running {
		pid = holder.PID
	}
	if slices.ContainsFunc(conf.Printers, func(p config.Printer) bool { return strings.HasPrefix(p.URL, "cups:") }) {
		add("spooler", spooler(root), "safe-spooler")
	}
	for _, p := range conf.Printers {
		if u, err := url.Parse(p.URL); err == nil && u.Scheme == winspool.Scheme {
			add("spooler", queueKeeps(p.Name, func(ctx context.Context) (bool, error) {
				queue, err := winspool.Open(u, winspool.Page)
				if err != nil {
					return false, err
				}
				return queue.KeepsPrinted(ctx)
			}), "safe-spooler")
		}
	}
	if runtime.GOOS != "windows" {
		add("files", d.openFiles(), "safe-files")
	}
	if runtime.GOOS != "linux" {
		return all
	}
	var swap, disk, core *notice.Error
	if open, err := host.UnencryptedSwap(root); err == nil && len(open) > 0 {
		swap = notice.New("swap-open", nil, strings.Join(open, ", "))
	}
	add("swap", swap, "safe-swap")
	if kind, is := host.NetworkFolder(root, d.Data); is {
		disk = notice.New("data-on-network", nil, d.Data, kind)
	}
	add("data folder", disk, "safe-disk")
	if limit := host.CoreLimit(root, pid); running && limit != "0" && limit != "" {
		core = notice.New("core-dumps", nil, limit, pid)
	}
	add("core dumps", core, "safe-core")
	if running {
		if wide, err := host.WideListeners(root, pid); err == nil && len(wide) > 0 {
			all = append(all, api.Finding{What: "listens", Verdict: Wrong, Says: notice.Text(d.Language, "listens-wide", strings.Join(wide, ", "))})
		} else if err == nil {
			add("listens", nil, "safe-listens")
		}
	}
	return all
}

// queueTime is how long a queue may take to answer. One of a computer that is off
// takes half a minute.
const queueTime = 5 * time.Second

func queueKeeps(name string, ask func(context.Context) (bool, error)) *notice.Error {
	ctx, cancel := context.WithTimeout(context.Background(), queueTime)
	defer cancel()
	switch keeps, err := ask(ctx); {
	case err != nil:
		return notice.New("queue-unread", err, name)
	case keeps:
		return notice.New("queue-keeps", nil, name)
	}
	return nil
}

func spooler(root string) *notice.Error {
	switch kept, err := host.KeptDocuments(root); {
	case err != nil:
		return notice.New("spooler-unread", err)
	case host.KeepsDocuments(kept):
		return notice.New("spooler-keeps", nil, kept)
	}
	return nil
}

// openFiles returns the first of the agent's files and folders that others may
// read. Behind a closed data folder nothing is open; the settings may lie
// elsewhere, and name the sender.
func (d Doctor) openFiles() *notice.Error {
	paths := []string{d.Config}
	if info, err := os.Stat(d.Data); err == nil && info.Mode().Perm()&0o077 != 0 {
		for _, name := range []string{"logs", "cache", store.FileName, store.FileName + "-wal"} {
			paths = append(paths, filepath.Join(d.Data, name))
		}
	} else if filepath.Dir(d.Config) == d.Data {
		return nil
	}
	for _, path := range paths {
		if info, err := os.Stat(path); err == nil && info.Mode().Perm()&0o044 != 0 {
			return notice.New("file-open", nil, path, fmt.Sprintf("%04o", info.Mode()&fs.ModePerm))
		}
	}
	return nil
}

// OnlyHere fails if this process can be reached from other computers.
func OnlyHere() error {
	if wide, err := host.WideListeners("/", os.Getpid()); err == nil && len(wide) > 0 {
		return notice.New("listens-wide", nil, strings.Join(wide, ", "))
	}
	return nil
}
