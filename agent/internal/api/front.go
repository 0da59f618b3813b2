package api

import "net/http"

// front serves the page with the token of its session. Who comes without one gets
// one where the page is open to whoever types its address, and else the door.
type front struct {
	server   *Server
	sessions *sessions
}

func (f front) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if callerOf(r.Context()).channel == local {
		f.server.Pages("", f.server.Language).ServeHTTP(w, r)
		return
	}
	session, ok := f.sessions.of(r)
	switch {
	case !ok && !f.server.Closed:
		session = f.sessions.begin()
		cookie := f.sessions.cookie(session)
		http.SetCookie(w, &cookie)
	case !ok && f.server.Door != nil:
		f.server.Door.ServeHTTP(w, r)
		return
	case !ok:
		refuse(w, r, f.server.Language, http.StatusForbidden, sessionRefused)
		return
	}
	f.server.Pages(f.sessions.token(session), f.server.Language).ServeHTTP(w, r)
}
