import { Captioner } from 'sightline';

const said = document.querySelector('output');
try {
  const captioner = await Captioner.load({ model: 'model/' });
  const { hedged } = await captioner.caption('photo.jpg');
  said.textContent = hedged;
} catch (error) {
  said.textContent = error.message;
}
