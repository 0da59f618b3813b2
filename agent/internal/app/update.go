package app

import (
	"context"
	"errors"
	"os"
	"time"

	"miandan/agent/internal/api"
	"miandan/agent/internal/config"
	"miandan/agent/internal/notice"
	"miandan/agent/internal/outbound"
	"miandan/agent/internal/seal"
	"miandan/agent/internal/update"
	"miandan/agent/internal/update/manifest"
)

// Updates opens the place of newer versions. Its errors are *notice.Error.
func Updates(at update.Place, data, running string, now func() time.Time) (*update.Updater, error) {
	if now == nil {
		now = time.Now
	}
	u := &update.Updater{Data: data, Running: running, Now: now}
	switch err := u.At(at); {
	case errors.Is(err, update.ErrNowhere):
		return nil, notice.New("update-not-set-up", err)
	case errors.Is(err, update.ErrKey):
		return nil, notice.New("update-key-broken", err)
	case err != nil:
		return nil, notice.New("update-address", err)
	}
	var err error
	u.Secrets, err = seal.OpenKeystore(data)
	return u, err
}

// UpdateNotice says what to do about an update that was not taken.
func UpdateNotice(err error) error {
	switch {
	case err == nil, errors.As(err, new(*notice.Error)), errors.As(err, new(*api.Problem)):
		return err
	case errors.Is(err, update.ErrOlder):
		return notice.New("update-older", err)
	case errors.Is(err, manifest.ErrExpired), errors.Is(err, manifest.ErrEarly):
		return notice.New("update-expired", err)
	case errors.Is(err, manifest.ErrSignature), errors.Is(err, manifest.ErrBroken):
		return notice.New("update-unsigned", err)
	case errors.Is(err, update.ErrDiffers):
		return notice.New("update-differs", err)
	case errors.Is(err, update.ErrPlatform):
		return notice.New("update-none", err)
	case errors.As(err, new(*outbound.Error)), errors.Is(err, update.ErrNone), errors.Is(err, os.ErrNotExist), errors.Is(err, os.ErrPermission):
		return notice.New("update-unreachable", err)
	}
	return notice.New("update-failed", err)
}

// updateEvery is how often a place of updates is looked at. The first look waits
// until what the start itself says was read.
const (
	updateEvery = 24 * time.Hour
	updateFirst = time.Minute
)

// followUpdates says once a day that there is a newer version. It installs none: when
// a warehouse changes its program is its own to say.
func (a *App) followUpdates(ctx context.Context) {
	if a.config.Update.Check != "daily" {
		return
	}
	wait := updateFirst
	for {
		select {
		case <-ctx.Done():
			return
		case <-time.After(wait):
		}
		wait = updateEvery
		u, err := Updates(update.Built(a.config.Update.From, a.config.Update.Channel), a.options.Data, a.options.Version, a.options.Clock)
		if err == nil {
			err = a.lookForUpdate(ctx, u)
		}
		if n := (*notice.Error)(nil); errors.As(UpdateNotice(err), &n) && ctx.Err() == nil {
			a.log.Warn("no updates", "error", err)
			a.options.Say(n)
		}
	}
}

func (a *App) lookForUpdate(ctx context.Context, u *update.Updater) error {
	m, newer, err := u.Check(ctx)
	if err == nil && newer {
		a.log.Info("there is a newer version", "version", m.Version)
		a.options.Say(notice.New("update-newer", nil, m.Version, a.options.Version))
	}
	return err
}

// updating says in words where newer versions come from; nothing where nobody has
// said.
func updating(c *config.Config, l notice.Language) string {
	at := update.Built(c.Update.From, c.Update.Channel)
	if at.From == "" {
		return ""
	}
	if c.Update.Check == "daily" {
		return notice.Phrase{"looked for every day in " + at.From, "每天检查：" + at.From}[l]
	}
	return notice.Phrase{"in " + at.From + ", looked for when somebody asks: miandan update check", "来源：" + at.From + "；手动检查：miandan update check"}[l]
}
