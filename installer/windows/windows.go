// Package windows makes what Windows wants of a program that IT deploys: the
// resources in its file, and the MSI.
//
// Both are made on any system, by this code and by wixl, so that a release does
// not hang on a machine with Windows. What an MSI says stands in miandan.wxs, in
// the words of WiX, except for what wixl has no words for: that is written into
// its tables afterwards.
package windows
