// The page of `mesh.viewer()` and `skeleton.viewer()`: turn with the mouse, zoom with the wheel, hide by the names.
import * as THREE from "three";
import { OrbitControls } from "three/addons/controls/OrbitControls.js";
import { colorOf, loadScene } from "./scene.js";

const message = document.getElementById("message");
const load = async (path) => {
  const response = await fetch(path);
  if (!response.ok) throw new Error(`${path}: ${response.status}`);
  return await response.arrayBuffer();
};

try {
  const list = JSON.parse(new TextDecoder().decode(await load("/objects")));
  const { scene, objects, sphere } = await loadScene(THREE, list, load);
  const renderer = new THREE.WebGLRenderer({ antialias: true });
  renderer.setPixelRatio(window.devicePixelRatio);
  renderer.setClearColor(0x14161c);
  document.body.append(renderer.domElement);
  const size = Math.max(sphere.radius, 1e-6);
  const camera = new THREE.PerspectiveCamera(45, 1, size / 1000, size * 100);
  camera.position.copy(sphere.center).add(new THREE.Vector3(0, 0, size * 2.8));
  const controls = new OrbitControls(camera, renderer.domElement);
  controls.target.copy(sphere.center);
  controls.addEventListener("change", draw);
  const names = document.getElementById("names");
  objects.forEach((object, i) => {
    const box = document.createElement("input");
    box.type = "checkbox";
    box.checked = true;
    box.addEventListener("change", () => {
      object.visible = box.checked;
      draw();
    });
    const label = document.createElement("label");
    label.style.color = colorOf(i);
    label.append(box, ` ${object.name}`);
    names.append(label);
  });
  window.addEventListener("resize", resize);
  controls.update();
  resize();
  message.remove();

  function resize() {
    camera.aspect = window.innerWidth / window.innerHeight;
    camera.updateProjectionMatrix();
    renderer.setSize(window.innerWidth, window.innerHeight);
    draw();
  }

  function draw() {
    renderer.render(scene, camera);
  }
} catch (error) {
  message.textContent = `This cannot be shown: ${error.message}`;
}
