package folder

import (
	"errors"
	"io/fs"
	"path"
	"slices"
	"strings"

	"miandan/agent/internal/notice"
)

// putAway moves or deletes the files that the ledger has, and returns those with
// which that did not succeed.
func (s *Source) putAway(d disk, c cursor) (left []stamp) {
	entries, err := d.list(taking)
	if err != nil {
		return c.taken
	}
	for _, e := range entries {
		f, ok := claimedFile(e)
		if !ok || !slices.Contains(c.taken, f.stamp) {
			continue
		}
		if err := s.putAwayOne(d, f); err != nil {
			s.tell(notice.New("folder-file-stuck", err, f.shown()))
			left = append(left, f.stamp)
		}
	}
	return left
}

// putAwayOne has the list of wrong rows in done/ before the file leaves taking/.
func (s *Source) putAwayOne(d disk, f file) error {
	list := f.name + errorsEnd
	err := d.move(path.Join(taking, list), path.Join(done, list))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	wrong := d.wrongIn(path.Join(done, list))
	if wrong == 0 && !s.Keep {
		return d.remove(path.Join(taking, f.name))
	}
	if err := d.move(path.Join(taking, f.name), path.Join(done, f.name)); err != nil {
		return err
	}
	if wrong > 0 {
		s.tell(notice.New("folder-rows-wrong", nil, f.shown(), wrong, showable(list)))
	}
	return nil
}

// sweep deletes the files with wrong rows that have been in done/ for long
// enough; what was wrong with them stays.
func (s *Source) sweep(d disk, mark string) {
	s.sweepHalves(d)
	if s.Keep {
		return
	}
	keep := s.KeepWrong
	if keep <= 0 {
		keep = DefaultKeepWrong
	}
	entries, err := d.list(done)
	if err != nil {
		return
	}
	for _, e := range entries {
		f, ok := claimedFile(e)
		if !ok {
			continue
		}
		if at, of := takenAt(f.id); of == mark && s.Now().Sub(at) > keep {
			if err := d.remove(path.Join(done, f.name)); err != nil {
				s.tell(notice.New("folder-file-stuck", err, f.shown()))
			}
		}
	}
}

// sweepHalves deletes what a crash has left half written beside files.
func (s *Source) sweepHalves(d disk) {
	for _, folder := range []string{taking, failed} {
		entries, err := d.list(folder)
		if err != nil {
			return
		}
		for _, e := range entries {
			if info, err := e.Info(); err == nil && e.Type().IsRegular() && strings.HasPrefix(e.Name(), halfBegin) && s.Now().Sub(info.ModTime()) > foreignFor {
				d.remove(path.Join(folder, e.Name())) // or the next time
			}
		}
	}
}

// fail puts a file that says nothing readable into failed/, the reason first.
func (s *Source) fail(d disk, f file, why *notice.Error) error {
	text := "\ufeff" + why.Text(notice.Chinese) + "\r\n" + why.Text(notice.English) + "\r\n"
	if err := d.write(path.Join(failed, f.name+reasonEnd), []byte(text)); err != nil {
		return err
	}
	if err := d.remove(path.Join(taking, f.name+errorsEnd)); err != nil {
		return err
	}
	if err := d.move(path.Join(taking, f.name), path.Join(failed, f.name)); err != nil {
		return err
	}
	s.tell(why)
	return nil
}
