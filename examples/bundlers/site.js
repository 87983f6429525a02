import { Captioner } from 'sightline';

const said = document.querySelector('output');
try {
  const captioner = await Captioner.load({ model: 'model/' });
  const { text } = await captioner.caption('photo.jpg');
  said.textContent = text;
} catch (error) {
  said.textContent = error.message;
}
