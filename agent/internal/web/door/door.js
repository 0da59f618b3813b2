// The code of a link goes out of the address at once, so that it stands in no
// history and on no photograph of the screen. Before it may stand the place of the
// page to open: #doctor/CODE.
const form = document.getElementById('form')
const field = document.getElementById('code')
const says = document.getElementById('says')

async function enter(code, place = '') {
  says.textContent = form.dataset.waiting
  try {
    const answer = await fetch('/api/v1/session/enter', {
      method: 'POST', headers: {'Content-Type': 'application/json'}, body: JSON.stringify({code}),
    })
    if (answer.ok) {
      history.replaceState(null, '', place ? '/#' + place : '/')
      location.reload() // another address behind the # alone would load nothing
      return
    }
    says.textContent = (await answer.json()).message
  } catch {
    says.textContent = form.dataset.lost
  }
  field.select()
}

form.addEventListener('submit', (e) => {
  e.preventDefault()
  if (field.value.trim()) enter(field.value.trim())
})

function open() {
  const place = location.hash.slice(1).split('/')
  const code = place.pop()
  if (!code) return
  history.replaceState(null, '', location.pathname)
  enter(code, place.join('/'))
}

addEventListener('hashchange', open)
open()
