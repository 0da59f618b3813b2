package faulty

import (
	"fmt"
	"os"
	"strconv"
	"strings"
	"syscall"
)

// Env is the environment variable that FromEnv reads.
const Env = "MIANDAN_FAULTS"

// FromEnv installs the disk that MIANDAN_FAULTS describes, and returns nil if
// the variable is not set. It is for the TestMain of a test binary that is also
// the program. Clauses are separated by semicolons, the words of one by commas:
//
//	power[,seed=7]       what is not flushed dies with the process; with a seed a random part of it survives
//	full|io|readonly[,op=write][,file=wal][,from=12][,times=3][,odds=0.1]
//	                     operations fail, see Fault
//	kill,step=40,before  the process kills itself at a durable step, before or after it
func FromEnv() (*Disk, error) {
	text := os.Getenv(Env)
	if text == "" {
		return nil, nil
	}
	c, err := parse(text)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", Env, err)
	}
	return Install(c)
}

func parse(text string) (Config, error) {
	var c Config
	for clause := range strings.SplitSeq(text, ";") {
		words := strings.Split(strings.TrimSpace(clause), ",")
		f := Fault{Kind: Kind(words[0])}
		step, before := 0, false
		switch words[0] {
		case "power":
			c.Power = Drop
		case "full", "io", "readonly", "kill":
		default:
			return c, fmt.Errorf("%q begins with none of power, full, io, readonly, kill", clause)
		}
		for _, w := range words[1:] {
			var err error
			key, value, _ := strings.Cut(w, "=")
			switch words[0] + " " + key {
			case "power seed":
				c.Power = Scatter
				c.Seed, err = strconv.ParseUint(value, 10, 64)
			case "kill step":
				step, err = strconv.Atoi(value)
			case "kill before", "kill after":
				before = key == "before"
			default:
				if words[0] == "power" || words[0] == "kill" {
					return c, fmt.Errorf("%q knows no %q", words[0], key)
				}
				err = f.set(key, value)
			}
			if err != nil {
				return c, fmt.Errorf("%q: %w", w, err)
			}
		}
		switch words[0] {
		case "power":
		case "kill":
			if step < 1 {
				return c, fmt.Errorf("%q names no step", clause)
			}
			c.At = func(n int, b bool) {
				if n == step && b == before {
					Die()
				}
			}
		default:
			c.Faults = append(c.Faults, f)
		}
	}
	return c, nil
}

func (f *Fault) set(key, value string) (err error) {
	switch key {
	case "op":
		f.Op = Op(value)
		switch f.Op {
		case Open, Read, Write, Truncate, Sync, Delete:
		default:
			return fmt.Errorf("no such operation")
		}
	case "file":
		f.File = File(value)
		switch f.File {
		case Database, WAL, Journal, Other:
		default:
			return fmt.Errorf("no such file")
		}
	case "from":
		f.From, err = strconv.Atoi(value)
	case "times":
		f.Times, err = strconv.Atoi(value)
	case "odds":
		f.Odds, err = strconv.ParseFloat(value, 64)
	default:
		return fmt.Errorf("not one of op, file, from, times, odds")
	}
	return err
}

// Die kills the process as a loss of power would, and does not return.
func Die() {
	if p, err := os.FindProcess(os.Getpid()); err == nil {
		p.Signal(syscall.SIGKILL)
	}
	select {} // the signal is on its way; nothing more may be done
}
