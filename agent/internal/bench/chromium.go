package bench

import (
	"bufio"
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"time"
)

// chromium is a browser without a window, spoken to over a pair of pipes.
type chromium struct {
	cmd     *exec.Cmd
	in, out *os.File
	reader  *bufio.Reader
	session string
	id      int
}

// openChromium starts it with a profile of its own.
func openChromium(ctx context.Context, profile string) (c *chromium, err error) {
	if runtime.GOOS == "windows" {
		return nil, errors.New("its pipes are not reached on Windows")
	}
	var path string
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome"} {
		if path, err = exec.LookPath(name); err == nil {
			break
		}
	}
	if err != nil {
		return nil, err
	}
	theirIn, in, err := os.Pipe()
	if err != nil {
		return nil, err
	}
	defer theirIn.Close()
	out, theirOut, err := os.Pipe()
	if err != nil {
		in.Close()
		return nil, err
	}
	defer theirOut.Close()
	args := []string{"--headless", "--disable-gpu", "--no-first-run", "--disable-background-networking", "--disable-component-update",
		"--disable-sync", "--allow-file-access-from-files", "--disable-dev-shm-usage", "--user-data-dir=" + profile, "--remote-debugging-pipe", "about:blank"}
	if os.Geteuid() == 0 { // its sandbox does not work for root
		args = append([]string{"--no-sandbox"}, args...)
	}
	c = &chromium{cmd: exec.CommandContext(ctx, path, args...), in: in, out: out, reader: bufio.NewReaderSize(out, 1<<20)}
	c.cmd.ExtraFiles = []*os.File{theirIn, theirOut} // 3 and 4
	if err := c.cmd.Start(); err != nil {
		in.Close()
		out.Close()
		return nil, err
	}
	if err := c.begin(); err != nil {
		c.close()
		return nil, err
	}
	return c, nil
}

func (c *chromium) begin() error {
	var target struct{ TargetID string }
	if err := c.call("Target.createTarget", map[string]any{"url": "about:blank"}, &target); err != nil {
		return err
	}
	var attached struct{ SessionID string }
	if err := c.call("Target.attachToTarget", map[string]any{"targetId": target.TargetID, "flatten": true}, &attached); err != nil {
		return err
	}
	c.session = attached.SessionID
	return nil
}

// call sends a command and waits for its answer.
func (c *chromium) call(method string, params map[string]any, result any) error {
	c.id++
	m := map[string]any{"id": c.id, "method": method, "params": params}
	if params == nil {
		m["params"] = struct{}{}
	}
	if c.session != "" {
		m["sessionId"] = c.session
	}
	line, err := json.Marshal(m)
	if err != nil {
		return err
	}
	c.out.SetReadDeadline(time.Now().Add(time.Minute))
	if _, err := c.in.Write(append(line, 0)); err != nil {
		return fmt.Errorf("%s: %w", method, err)
	}
	for {
		line, err := c.reader.ReadBytes(0)
		if err != nil {
			return fmt.Errorf("%s: %w", method, err)
		}
		var answer struct {
			ID     int
			Result json.RawMessage
			Error  *struct{ Message string }
		}
		if err := json.Unmarshal(line[:len(line)-1], &answer); err != nil {
			return fmt.Errorf("%s: %w", method, err)
		}
		switch {
		case answer.ID != c.id: // an event
		case answer.Error != nil:
			return fmt.Errorf("%s: %s", method, answer.Error.Message)
		case result != nil:
			return json.Unmarshal(answer.Result, result)
		default:
			return nil
		}
	}
}

// show opens a page, which then stays open, and waits for its font. A label in
// another font would be another label.
func (c *chromium) show(url string) error {
	if err := c.call("Page.navigate", map[string]any{"url": url}, nil); err != nil {
		return err
	}
	for end := time.Now().Add(patience); time.Now().Before(end); time.Sleep(20 * time.Millisecond) {
		var fonts struct{ Result struct{ Value string } }
		err := c.call("Runtime.evaluate", map[string]any{
			"expression":   "location.protocol === 'file:' && document.readyState === 'complete' && document.fonts.ready.then(() => [...document.fonts].map(f => f.status).join())",
			"awaitPromise": true, "returnByValue": true,
		}, &fonts)
		switch {
		case err != nil || fonts.Result.Value == "" || fonts.Result.Value == "loading": // not there yet
		case fonts.Result.Value == "loaded":
			return nil
		default:
			return fmt.Errorf("it does not take the label's font: %s", fonts.Result.Value)
		}
	}
	return errors.New("it does not show the label's page")
}

// print puts a label into the open page and prints it, and returns the PDF's size.
func (c *chromium) print(body string) (int, error) {
	text, err := json.Marshal(body)
	if err != nil {
		return 0, err
	}
	if err := c.call("Runtime.evaluate", map[string]any{"expression": "document.body.innerHTML = " + string(text)}, nil); err != nil {
		return 0, err
	}
	var printed struct{ Data string }
	if err := c.call("Page.printToPDF", map[string]any{"preferCSSPageSize": true, "printBackground": true}, &printed); err != nil {
		return 0, err
	}
	pdf, err := base64.StdEncoding.DecodeString(printed.Data)
	return len(pdf), err
}

func (c *chromium) close() {
	c.in.Close() // it ends when its pipe does
	ended := make(chan struct{})
	go func() {
		c.cmd.Wait()
		close(ended)
	}()
	select {
	case <-ended:
	case <-time.After(5 * time.Second):
		c.cmd.Process.Kill()
		<-ended
	}
	c.out.Close()
}
