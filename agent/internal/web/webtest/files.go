package webtest

// Allow gives the page what the browser else asks a person for, or gives for a real click only: clipboardReadWrite,
// clipboardSanitizedWrite.
func (b *Browser) Allow(permissions ...string) {
	b.T.Helper()
	b.call("Browser.grantPermissions", map[string]any{"permissions": permissions}, nil)
}

// SaveTo has what the page offers to be saved put into a folder.
func (b *Browser) SaveTo(dir string) {
	b.T.Helper()
	b.call("Browser.setDownloadBehavior", map[string]any{"behavior": "allow", "downloadPath": dir}, nil)
}
