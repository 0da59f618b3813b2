package api

import (
	"context"
	"log/slog"
	"net"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"

	"miandan/agent/internal/notice"
	"miandan/agent/internal/secret"
)

// Secrets is the key store of the account that the agent runs under. A service's
// is open to the service alone, so what an administrator types goes through it.
type Secrets interface {
	// SetSecret keeps a secret, or forgets it if t is empty. A name that the
	// settings do not know is refused with ErrNotFound.
	SetSecret(ctx context.Context, name string, t secret.Token, who string) (Kept, error)
	// Authorise makes an authorisation of the code that the shop's browser brought
	// back from a platform, "jd" or "jdl", and keeps it.
	Authorise(ctx context.Context, platform, code, who string) (Kept, error)
}

// Kept says that a secret is in the key store.
type Kept struct {
	Restart bool `json:"restart" doc:"The agent goes on with what it had until it is started again"`
}

// secrets serves it, on the unix socket or pipe alone: no page has them.
func (s *Server) secrets(api huma.API) {
	if s.Secrets == nil {
		return
	}
	const refused notice.Code = "secret-refused"
	register(api, http.MethodPost, "secrets", "Put a secret into the agent's key store: on the unix socket only, one record in the audit", func(ctx context.Context, in *struct {
		Body struct {
			Name  string       `json:"name" minLength:"1" maxLength:"200"`
			Value secret.Token `json:"value" doc:"Empty forgets what is there"`
			Who   string       `json:"who,omitempty" maxLength:"64"`
		}
	}) (*answer[Kept], error) {
		k, err := s.Secrets.SetSecret(ctx, in.Body.Name, in.Body.Value, callerOf(ctx).who(in.Body.Who))
		if err != nil {
			return nil, s.fail(ctx, "secrets", err)
		}
		return &answer[Kept]{k}, nil
	}, commandLine(refused))
	register(api, http.MethodPost, "authorise", "Finish the authorisation by a shop: on the unix socket only, one record in the audit", func(ctx context.Context, in *struct {
		Body struct {
			Platform string `json:"platform" enum:"jd,jdl"`
			Code     string `json:"code" minLength:"1" maxLength:"4000" doc:"What the redirect address ended with; it opens once"`
			Who      string `json:"who,omitempty" maxLength:"64"`
		}
	}) (*answer[Kept], error) {
		k, err := s.Secrets.Authorise(ctx, in.Body.Platform, in.Body.Code, callerOf(ctx).who(in.Body.Who))
		if err != nil {
			return nil, s.fail(ctx, "authorise", err)
		}
		return &answer[Kept]{k}, nil
	}, commandLine(refused))
}

// ServeSecrets answers on the unix socket or pipe of an agent that cannot start for
// want of secrets, until ctx ends: it takes those, and says so to who asks for
// anything else. It closes the listener.
func ServeSecrets(ctx context.Context, kept Secrets, l notice.Language, log *slog.Logger, socket net.Listener) error {
	if log == nil {
		log = slog.New(slog.DiscardHandler)
	}
	s := Server{Secrets: kept, Language: l, Log: log}
	mux := http.NewServeMux()
	s.secrets(humago.New(mux, s.guestConfig()))
	mux.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {
		refuse(w, r, l, http.StatusServiceUnavailable, secretsAwaited)
	})
	token := NewToken()
	h := &http.Server{
		Handler:                      &gates{next: mux, token: token, sessions: newSessions(token, nil), channel: local, language: l, log: log},
		DisableGeneralOptionsHandler: true,
		ReadHeaderTimeout:            5 * time.Second,
		ReadTimeout:                  10 * time.Second,
		IdleTimeout:                  time.Minute,
		MaxHeaderBytes:               maxHeader,
		ErrorLog:                     slog.NewLogLogger(log.Handler(), slog.LevelWarn),
		ConnContext:                  withPeer,
	}
	ended := make(chan error, 1)
	go func() { ended <- h.Serve(socket) }()
	select {
	case err := <-ended:
		return err
	case <-ctx.Done():
	}
	grace, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
	defer cancel()
	if h.Shutdown(grace) != nil {
		h.Close()
	}
	<-ended
	return nil
}

// SetSecret has the agent keep a secret; an empty one is forgotten.
func (c *Client) SetSecret(ctx context.Context, name, text, who string) (k Kept, err error) {
	in := struct {
		Name  string `json:"name"`
		Value string `json:"value"`
		Asked
	}{name, text, Asked{who}}
	return k, c.call(ctx, http.MethodPost, "secrets", in, &k)
}

// Authorise has the agent finish a shop's authorisation.
func (c *Client) Authorise(ctx context.Context, platform, code, who string) (k Kept, err error) {
	in := struct {
		Platform string `json:"platform"`
		Code     string `json:"code"`
		Asked
	}{platform, code, Asked{who}}
	return k, c.call(ctx, http.MethodPost, "authorise", in, &k)
}
