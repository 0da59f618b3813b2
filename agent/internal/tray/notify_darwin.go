//go:build cgo

package tray

import "os/exec"

// notifier shows messages by AppleScript, which needs no bundle of ours.
type notifier struct{}

// Notify shows them. The words are the script's arguments and not in its text, where
// a quotation mark in a printer's name would end them.
func (*notifier) Notify(all ...notification) {
	for _, n := range all {
		show(n)
	}
}

func show(n notification) {
	cmd := exec.Command("/usr/bin/osascript", "-e", "on run a", "-e", "display notification (item 2 of a) with title (item 1 of a)", "-e", "end run", "--", n.title, n.text)
	if cmd.Start() == nil {
		go cmd.Wait() // only so that no zombie is left
	}
}
