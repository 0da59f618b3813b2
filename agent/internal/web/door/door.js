// The code of a link goes out of the address at once, so that it stands in no
// history and on no photograph of the screen.
const form = document.getElementById('form')
const field = document.getElementById('code')
const says = document.getElementById('says')

async function enter(code) {
  says.textContent = form.dataset.waiting
  try {
    const answer = await fetch('/api/v1/session/enter', {
      method: 'POST', headers: {'Content-Type': 'application/json'}, body: JSON.stringify({code}),
    })
    if (answer.ok) {
      location.replace('/')
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
  const code = location.hash.slice(1)
  if (!code) return
  history.replaceState(null, '', location.pathname)
  enter(code)
}

addEventListener('hashchange', open)
open()
