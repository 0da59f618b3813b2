package oauth

import (
	"context"
	"errors"
	"sync"
	"time"

	"miandan/agent/internal/jos"
	"miandan/agent/internal/notice"
	"miandan/agent/internal/secret"
)

// How long a renewal is left alone: one that failed while the old token still
// serves or whose token was turned away at once, and one that was refused.
const (
	retryAfter   = 5 * time.Minute
	refusedAfter = time.Hour
)

// againAfter is how long a token that cannot be renewed and was turned away is
// left alone. The shop may authorise the app again under the same token.
const againAfter = 10 * time.Second

// Source gives a shop's access token and renews it ahead of time. Its methods
// may be called from several goroutines at once; its fields must not change any
// more by then.
type Source struct {
	Platform Platform
	Store    Store
	Name     string           // the platform's name in sentences: JD, JDL
	Now      func() time.Time // nil is time.Now
	// Trouble is told of a renewal that failed while the old token still
	// serves, and of a token that could not be stored. It may be nil.
	Trouble func(error)

	mu       sync.Mutex
	token    Token
	unstored bool      // token is newer than the Store's
	refused  bool      // the platform does not take token.Access any more
	away     time.Time // when token.Access was turned away
	noAt     time.Time // when the platform refused token.Refresh
	tried    time.Time
	renewed  time.Time
}

var _ jos.TokenSource = (*Source)(nil)

// Token implements jos.TokenSource.
func (s *Source) Token(ctx context.Context) (secret.Token, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := s.load(ctx); err != nil {
		return secret.Token{}, err
	}
	now := s.now()
	if s.refused && s.token.Refresh.Empty() && now.Sub(s.away).Abs() >= againAfter {
		s.refused = false
	}
	good := s.token.Good(now) && !s.refused
	due := s.token.Due()
	if good && (due.IsZero() || now.Before(due)) {
		return s.token.Access, nil
	}
	if good && now.Sub(s.tried).Abs() < retryAfter {
		return s.token.Access, nil
	}
	if s.refused && now.Sub(s.renewed).Abs() < retryAfter {
		return secret.Token{}, notice.New(jos.NoticeToken, errors.New("a token that was just renewed is turned away"))
	}
	err := s.renew(ctx)
	switch {
	case err == nil:
		return s.token.Access, nil
	case good:
		s.tell(err)
		return s.token.Access, nil
	}
	return secret.Token{}, err
}

// Refused implements jos.TokenSource. A token that has been renewed meanwhile
// is not meant.
func (s *Source) Refused(t secret.Token) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if t.Equal(s.token.Access) {
		s.refused, s.away = true, s.now()
	}
}

// Authorise makes a token of the code that the shop's browser brought back, and
// stores it.
func (s *Source) Authorise(ctx context.Context, code string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	t, err := s.Platform.Exchange(ctx, code)
	if err != nil {
		return err
	}
	return s.keep(ctx, t)
}

// load reads the store once, and again while it holds nothing that serves: the
// shop may have authorised the app in another process.
func (s *Source) load(ctx context.Context) error {
	if s.unstored {
		if err := s.keep(ctx, s.token); err != nil {
			s.tell(err)
		}
		return nil
	}
	if s.token.Good(s.now()) && !s.refused {
		return nil
	}
	t, err := s.Store.Load(ctx)
	switch {
	case errors.Is(err, ErrNone):
		return notice.New(jos.NoticeToken, err)
	case err != nil:
		return notice.New(NoticeStore, err, s.Name)
	case !t.Access.Equal(s.token.Access) || !t.Refresh.Equal(s.token.Refresh):
		s.token, s.refused, s.noAt, s.tried = t, false, time.Time{}, time.Time{}
	}
	return nil
}

func (s *Source) renew(ctx context.Context) error {
	now := s.now()
	end := s.token.RefreshExpires
	if s.token.Refresh.Empty() || now.Sub(s.noAt).Abs() < refusedAfter || !end.IsZero() && !now.Before(end) {
		return notice.New(jos.NoticeToken, errors.New("the authorisation has ended and cannot be renewed"))
	}
	s.tried = now
	t, err := s.Platform.Renew(ctx, s.token)
	if err != nil {
		if errors.Is(err, ErrRefused) {
			s.noAt = now
		}
		return err
	}
	s.renewed = now
	if err := s.keep(ctx, t); err != nil {
		s.tell(err)
	}
	return nil
}

// keep takes a token into use and stores it. One that cannot be stored is used
// all the same: the platform may have ended the one before.
func (s *Source) keep(ctx context.Context, t Token) error {
	s.token, s.refused, s.noAt, s.unstored, s.tried = t, false, time.Time{}, true, time.Time{}
	// The platform has already renewed: a caller that goes away must not lose it.
	if err := s.Store.Save(context.WithoutCancel(ctx), t); err != nil {
		return notice.New(NoticeStore, err, s.Name)
	}
	s.unstored = false
	return nil
}

func (s *Source) tell(err error) {
	if s.Trouble != nil {
		s.Trouble(err)
	}
}

func (s *Source) now() time.Time {
	if s.Now == nil {
		return time.Now()
	}
	return s.Now()
}
