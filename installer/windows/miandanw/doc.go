// Command miandanw starts miandan.exe on Windows without a console window, and
// does for the MSI what the installer of Windows has no tables for.
//
// miandan.exe is a program for the console, since scripts wait for it and read
// what it prints. Started at log-in such a program would show an empty black
// window, which somebody closes, and the tray with it. So what Windows starts is
// this small program:
//
//	miandanw start           the tray of the service, or in session mode the agent
//	miandanw setup prepare   folders with their access lists, first settings, policy
//	miandanw setup guard     a service that crashed is started again
//	miandanw setup show      starts the tray in every session
//	miandanw setup stop      ends what this program started, labels in hand first
//	miandanw setup purge     deletes data and keys
//
// What goes wrong in setup stands in miandan-setup.log in the folder for temporary
// files of the account it runs under: the system's, C:\Windows\Temp, for an MSI.
package main
