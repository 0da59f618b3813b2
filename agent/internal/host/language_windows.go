package host

import "golang.org/x/sys/windows"

// Language is the language of what this user sees of the system, as zh-CN; empty if
// the system does not say. A service's account has that of the installation.
func Language() string {
	list, err := windows.GetUserPreferredUILanguages(windows.MUI_LANGUAGE_NAME)
	if err != nil || len(list) == 0 {
		return ""
	}
	return list[0]
}
