package jos_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"sync/atomic"
	"testing"
	"time"

	"miandan/agent/internal/jos"
	"miandan/agent/internal/jos/jdsim"
	"miandan/agent/internal/notice"
	"miandan/agent/internal/outbound"
	"miandan/agent/internal/secret"
)

// simulated is a client of the simulated gateway, which counts what reaches it.
func simulated(t *testing.T, faults ...jdsim.Fault) (*jos.Client, *atomic.Int32) {
	t.Helper()
	gateway, err := jdsim.New(jdsim.Config{Faults: faults})
	if err != nil {
		t.Fatal(err)
	}
	var asked atomic.Int32
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked.Add(1)
		gateway.ServeHTTP(w, r)
	}))
	t.Cleanup(server.Close)
	return &jos.Client{
		Gateway: server.URL + jdsim.Path, AppKey: jdsim.DefaultAppKey, AppSecret: secret.New(jdsim.DefaultAppSecret),
		AccessToken: secret.New(jdsim.DefaultAccessToken), Backoff: time.Millisecond,
	}, &asked
}

const enSearch = "jingdong.pop.order.enSearch"

func TestReadsThatAreLostAreRepeated(t *testing.T) {
	const lost, broken = jos.NoticeUnreachable, jos.NoticeAnswer
	for _, test := range []struct {
		name        string
		fault       jdsim.Fault
		read, call  int32       // requests
		none, still notice.Code // what Read and Call end with; empty is success
	}{
		{"the request is lost twice", jdsim.Fault{Kind: jdsim.Cut, Times: 2}, 3, 1, "", lost},
		{"the answer is lost twice", jdsim.Fault{Kind: jdsim.Cut, Late: true, Times: 2}, 3, 1, "", lost},
		{"half an answer", jdsim.Fault{Kind: jdsim.Truncate, Times: 1}, 2, 1, "", lost},
		{"status 502, three times", jdsim.Fault{Kind: jdsim.BadGateway, Times: 3}, 4, 1, "", broken},
		{"lost for ever", jdsim.Fault{Kind: jdsim.Cut}, 4, 1, lost, lost},
		{"status 502 for ever", jdsim.Fault{Kind: jdsim.BadGateway}, 4, 1, broken, broken},
		{"the back end is away", jdsim.Fault{Kind: jdsim.Fail, Code: "66"}, 6, 1, jos.NoticeBackEnd, jos.NoticeBackEnd},
		{"garbage", jdsim.Fault{Kind: jdsim.Garbage}, 1, 1, broken, broken},
		{"another error", jdsim.Fault{Kind: jdsim.Fail, Code: "67"}, 1, 1, jos.NoticeBackEnd, jos.NoticeBackEnd},
	} {
		t.Run(test.name, func(t *testing.T) {
			for _, how := range []struct {
				name  string
				ask   func(*jos.Client) error
				asked int32
				code  notice.Code
			}{
				{"Read", func(c *jos.Client) error { return c.Read(t.Context(), enSearch, nil, nil) }, test.read, test.none},
				{"Call", func(c *jos.Client) error { return c.Call(t.Context(), enSearch, nil, nil) }, test.call, test.still},
			} {
				client, asked := simulated(t, test.fault)
				err := how.ask(client)
				if asked.Load() != how.asked || how.code == "" && err != nil || how.code != "" && notice.CodeOf(err) != how.code {
					t.Errorf("%s = %v after %d requests, want %q after %d", how.name, err, asked.Load(), how.code, how.asked)
				}
			}
		})
	}
}

func TestAReadWithoutAnAnswerInTimeIsRepeated(t *testing.T) {
	t.Parallel() // it mostly waits
	client, asked := simulated(t, jdsim.Fault{Kind: jdsim.Delay, Wait: time.Hour, Times: 1})
	client.HTTP = &outbound.Client{Timeout: 5 * time.Second} // within which the second must be answered
	if err := client.Read(t.Context(), enSearch, nil, nil); err != nil || asked.Load() != 2 {
		t.Errorf("Read = %v after %d requests, want success after 2", err, asked.Load())
	}
}

// when calls do once something has been asked.
func when(ctx context.Context, asked *atomic.Int32, do func()) {
	for asked.Load() == 0 && ctx.Err() == nil {
		time.Sleep(time.Millisecond)
	}
	do()
}

func TestALostReadHonoursItsContext(t *testing.T) {
	t.Run("while it waits", func(t *testing.T) {
		client, asked := simulated(t, jdsim.Fault{Kind: jdsim.Cut})
		client.Backoff = 40 * time.Second
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		go when(ctx, asked, func() { time.Sleep(200 * time.Millisecond); cancel() }) // by then it mostly waits
		began := time.Now()
		if err := client.Read(ctx, enSearch, nil, nil); notice.CodeOf(err) != jos.NoticeUnreachable || asked.Load() != 1 || time.Since(began) > 30*time.Second {
			t.Errorf("Read = %v after %d requests in %v", err, asked.Load(), time.Since(began))
		}
	})
	t.Run("while it asks", func(t *testing.T) {
		client, asked := simulated(t, jdsim.Fault{Kind: jdsim.Delay, Wait: time.Hour})
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		go when(ctx, asked, cancel)
		if err := client.Read(ctx, enSearch, nil, nil); notice.CodeOf(err) != jos.NoticeUnreachable || asked.Load() != 1 {
			t.Errorf("Read = %v after %d requests, want one", err, asked.Load())
		}
	})
}

// A pause that would end too late is not begun.
func TestAReadingEndsInTime(t *testing.T) {
	client, asked := simulated(t, jdsim.Fault{Kind: jdsim.Cut})
	client.Backoff = time.Hour
	began := time.Now()
	if err := client.Read(t.Context(), enSearch, nil, nil); notice.CodeOf(err) != jos.NoticeUnreachable || asked.Load() != 1 || time.Since(began) > 30*time.Second {
		t.Errorf("Read = %v after %d requests in %v", err, asked.Load(), time.Since(began))
	}
}

// The way to a new authorisation has its own rules.
func TestWithoutAnAuthorisationNothingIsRepeated(t *testing.T) {
	client, asked := simulated(t)
	tokens := &noTokens{}
	client.Tokens = tokens
	if err := client.Read(t.Context(), enSearch, nil, nil); err == nil || tokens.asked != 1 || asked.Load() != 0 {
		t.Errorf("Read = %v, %d tokens asked for, %d requests", err, tokens.asked, asked.Load())
	}
}

type noTokens struct{ asked int }

func (n *noTokens) Token(context.Context) (secret.Token, error) {
	n.asked++
	return secret.Token{}, notice.New(jos.NoticeUnreachable, &outbound.Error{Op: "GET", Host: "oauth.invalid", Err: context.DeadlineExceeded})
}

func (n *noTokens) Refused(secret.Token) {}
