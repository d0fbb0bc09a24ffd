// What a device refuses is said on the page, beside the button that asked; allauth only writes it to the console.

const note = document.getElementById("passkey-error");
document.addEventListener("allauth.error", (event) => {
  if (!note) return;
  event.preventDefault();
  note.hidden = false;
});
